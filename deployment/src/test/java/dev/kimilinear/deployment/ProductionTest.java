package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarFile;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.ProdBuildResults;
import io.quarkus.test.ProdModeTestResults;
import io.quarkus.test.QuarkusProdModeTest;

/** The packaged application: the flag beside the jar, and the warning that the embedded model is a demonstration. */
class ProductionTest {

    @RegisterExtension
    static final QuarkusProdModeTest APP = new QuarkusProdModeTest()
            .withApplicationRoot(jar -> jar.addClasses(Asker.class))
            .setApplicationName("production")
            .setRuntimeProperties(Map.of("quarkus.langchain4j.kimi-linear.cache-directory",
                    Path.of("target/model-cache").toAbsolutePath().toString()))
            .setRun(true)
            .setExpectExit(true);

    @ApplicationScoped
    static class Asker {

        void ask(@Observes StartupEvent start, ChatModel model) {
            Logger.getLogger("asker").info("Answer: " + model.chat("What is the capital of France?"));
            Quarkus.asyncExit();
        }
    }

    @ProdBuildResults
    ProdModeTestResults build;

    @Test
    void theFlagForTheVectorApiLiesBesideTheJar() throws Exception {
        Path jar = build.getBuiltArtifactPath();

        assertThat(Files.readString(jar.resolveSibling("jvm.args"))).isEqualTo("--add-modules=jdk.incubator.vector\n");
    }

    @Test
    void theJarAllowsAdviceOnMemoryWithoutAWarning() throws Exception {
        try (JarFile jar = new JarFile(build.getBuiltArtifactPath().toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
        }
        assertThat(APP.getStartupConsoleOutput()).doesNotContain("restricted method");
    }

    @Test
    void theEmbeddedModelAnswersWithAWarning() {
        String log = APP.getStartupConsoleOutput();

        assertThat(log).contains("Answer: The capital of France is Paris.");
        assertThat(log).containsOnlyOnce("The embedded demonstration model answers");
        assertThat(log).contains("Set quarkus.langchain4j.kimi-linear.chat-model.model to a Kimi-Linear GGUF file.");
        assertThat(log.lines().filter(line -> line.contains("embedded demonstration model"))).singleElement()
                .satisfies(line -> assertThat(line).contains("WARN"));
    }

    @Test
    void withoutTheFlagTheLogNamesTheCure() {
        assertThat(APP.getStartupConsoleOutput()).contains("--add-modules jdk.incubator.vector");
    }
}
