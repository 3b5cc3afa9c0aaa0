package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.test.QuarkusUnitTest;

/** In test mode the application waits for a model that the dev service has fetched. */
class DevServiceTest {

    /** There is a second one in the class loader of the application, which nobody asks. */
    private static final ModelServer SERVER = new ModelServer();

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(ModelServer.class))
            .setBeforeAllCustomizer(SERVER::sendTheRest)
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.cache-directory", newFolder())
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.model", SERVER.url())
            .overrideConfigKey("quarkus.langchain4j.temperature", "0");

    static String newFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "model-cache").toAbsolutePath()
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Inject
    ChatModel model;

    @Test
    void theModelIsThereWhenTestsBegin() {
        assertThat(model.chat("What is the capital of France?")).isEqualTo("The capital of France is Paris.");
    }
}
