package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.ProdBuildResults;
import io.quarkus.test.ProdModeTestResults;
import io.quarkus.test.QuarkusProdModeTest;

/** An application whose package contains its models, one as a copy and one as a link. */
class PackagedModelTest {

    private static final String ROOT = "quarkus.langchain4j.kimi-linear.";
    private static final Path MODEL = model();

    @RegisterExtension
    static final QuarkusProdModeTest APP = new QuarkusProdModeTest()
            .withApplicationRoot(jar -> jar.addClasses(Asker.class))
            .setApplicationName("packaged-model")
            .overrideConfigKey(ROOT + "chat-model.model", MODEL.toString())
            .overrideConfigKey(ROOT + "chat-model.packaging", "copy")
            .overrideConfigKey(ROOT + "linked.chat-model.model", MODEL.toString())
            .overrideConfigKey(ROOT + "linked.chat-model.packaging", "link")
            .setRuntimeProperties(Map.of(ROOT + "cache-directory", DevServiceTest.newFolder()))
            .setRun(true)
            .setExpectExit(true);

    private static Path model() {
        Path file = Path.of(DevServiceTest.newFolder(), "kimi.gguf");
        try (InputStream model = PackagedModelTest.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
            Files.copy(model, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    @ApplicationScoped
    static class Asker {

        void ask(@Observes StartupEvent start, ChatModel model, @ModelName("linked") ChatModel linked) {
            Logger.getLogger("asker").info("Answers: " + model.chat("What is the capital of France?") + " "
                    + linked.chat("What is the capital of Spain?"));
            Quarkus.asyncExit();
        }
    }

    @ProdBuildResults
    ProdModeTestResults build;

    @Test
    void theModelsLieBesideTheJarAndAnswer() throws Exception {
        Path models = build.getBuiltArtifactPath().resolveSibling("models");
        Path copy = models.resolve("default/kimi.gguf");
        Path link = models.resolve("linked/kimi.gguf");

        assertThat(copy).hasSameBinaryContentAs(MODEL);
        assertThat(Files.isSameFile(copy, MODEL)).isFalse();
        assertThat(Files.isSameFile(link, MODEL)).isTrue();
        assertThat(APP.getStartupConsoleOutput())
                .contains("Answers: The capital of France is Paris. The capital of Spain is Madrid.", copy.toString(),
                        link.toString());
    }
}
