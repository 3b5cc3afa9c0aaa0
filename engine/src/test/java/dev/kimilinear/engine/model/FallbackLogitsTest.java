package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;

/** A whole model on the JVMs that fall back to scalar kernels. */
@Tag("fallback")
class FallbackLogitsTest {

    /** As for F32 weights everywhere; see {@link GoldenLogitsTest}. */
    private static final float MAX = 2e-3f;

    @Test
    void logitsAreTheRecordedOnes() throws IOException {
        try (FixtureModel model = new FixtureModel(Fixtures.project("models/tiny-f32"), KernelChoice.AUTO, 2,
                LatentCacheType.F32)) {
            for (FixtureModel.Case recorded : model.cases) {
                float[] logits = model.logits(model.newState(), recorded.tokens(), recorded.positions(), 16);
                assertThat(logits).hasSameSizeAs(recorded.reference());
                for (int i = 0; i < logits.length; i++) {
                    assertThat(Math.abs(logits[i] - recorded.reference()[i])).isLessThan(MAX);
                }
            }
        }
    }
}
