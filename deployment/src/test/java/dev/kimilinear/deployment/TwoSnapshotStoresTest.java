package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.QuarkusUnitTest;

/** Two places for snapshots in one application are one too many; the build says so. */
class TwoSnapshotStoresTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.snapshots.store", "redis")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.other.chat-model.snapshots.store", "bean")
            .assertException(error -> assertThat(error).isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll("in Redis and in a bean", "expected one place"));

    @Inject
    ChatModel model;

    @Test
    void theBuildFails() {
        Assertions.fail("It was built: " + model);
    }
}
