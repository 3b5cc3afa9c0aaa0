package dev.kimilinear.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.Prompt;

class EngineRegistryTest {

    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
    private static final EngineOptions OPTIONS = EngineOptions.defaults().withThreads(1);

    @Test
    void oneFileWithOneSetOfOptionsIsOpenedOnce(@TempDir Path directory) throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link.gguf"), TINY.toRealPath());
        try (EngineRegistry engines = new EngineRegistry()) {
            Engine engine = engines.engine(TINY, OPTIONS);

            assertThat(engines.engine(TINY, EngineOptions.defaults().withThreads(1))).isSameAs(engine);
            assertThat(engines.engine(link, OPTIONS)).isSameAs(engine);
            assertThat(engines.engine(TINY, OPTIONS.withContextTokens(256))).isNotSameAs(engine);
        }
    }

    @Test
    void closingEndsEveryEngine() {
        EngineRegistry engines = new EngineRegistry();
        Engine engine = engines.engine(TINY, OPTIONS);
        engines.close();

        assertThatExceptionOfType(EngineClosedException.class).isThrownBy(
                () -> engine.submit(GenerationRequest.of(new Prompt.Text("one")), new GenerationListener() {
                    @Override
                    public void onText(String text) {
                    }

                    @Override
                    public void onComplete(GenerationResult result) {
                    }

                    @Override
                    public void onError(Throwable error) {
                    }
                }));
    }

    @Test
    void aFileThatIsNoModelIsRefused() {
        try (EngineRegistry engines = new EngineRegistry()) {
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> engines.engine(Path.of("pom.xml"), OPTIONS));
        }
    }
}
