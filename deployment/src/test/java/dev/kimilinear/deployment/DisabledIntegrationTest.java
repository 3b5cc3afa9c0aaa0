package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.ModelDisabledException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.test.QuarkusUnitTest;

/** A model whose integration is disabled opens nothing: its file does not even exist. */
class DisabledIntegrationTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.off.enable-integration", "false")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.off.chat-model.model", "no/such/file.gguf");

    @Inject
    ChatModel on;

    @Inject
    @ModelName("off")
    ChatModel off;

    @Inject
    @ModelName("off")
    StreamingChatModel streamingOff;

    @Test
    void aDisabledModelSaysSoAndTheOthersWork() {
        assertThatExceptionOfType(ModelDisabledException.class).isThrownBy(() -> off.chat("hi"));
        assertThatExceptionOfType(ModelDisabledException.class)
                .isThrownBy(() -> streamingOff.chat("hi", new StreamingChatResponseHandler() {
                    @Override
                    public void onCompleteResponse(ChatResponse completeResponse) {
                    }

                    @Override
                    public void onError(Throwable error) {
                    }
                }));
        assertThat(on.chat("hi")).isNotBlank();
    }
}
