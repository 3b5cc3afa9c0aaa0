package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.logging.Level;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.kernel.Kernels;

/**
 * Runs on JVMs that cannot or should not run vector kernels: the system property {@code fallback.cure} says what the engine
 * must advise there.
 */
@Tag("fallback")
class ScalarFallbackTest {

    private static final String CURE = System.getProperty("fallback.cure");

    @Test
    void scalarKernelsComeWithOneWarningThatNamesTheCure() {
        try (RecordedLog log = new RecordedLog(KernelSelector.class)) {
            Kernels kernels = KernelSelector.select(KernelChoice.AUTO);

            assertThat(kernels.name()).isEqualTo("scalar");
            assertThat(KernelSelector.reason(KernelChoice.AUTO)).isEqualTo(log.records().getFirst().getMessage());
            assertThat(log.records()).singleElement().satisfies(record -> {
                assertThat(record.getLevel()).isEqualTo(Level.WARNING);
                assertThat(record.getMessage()).startsWith("SIMD kernels are off: ").contains(CURE);
            });
        }
    }

    @Test
    void demandedVectorKernelsAreRefusedWithTheCure() {
        assertThatThrownBy(() -> KernelSelector.select(KernelChoice.VECTOR)).isInstanceOf(EngineException.class)
                .hasMessageContaining(CURE);
    }
}
