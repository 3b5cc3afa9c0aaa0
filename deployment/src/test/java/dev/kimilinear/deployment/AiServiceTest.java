package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.arc.ClientProxy;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Multi;

/** AI services and injected models on the embedded model, as an application uses them. */
class AiServiceTest {

    private static final String ENGINE_LOGGER = "dev.kimilinear.engine";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Assistant.class, Listener.class))
            .overrideConfigKey("quarkus.langchain4j.temperature", "0")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.other.chat-model.max-output-tokens", "1")
            .setLogRecordPredicate(record -> record.getLoggerName().startsWith(ENGINE_LOGGER)
                    && record.getLevel().intValue() >= Level.INFO.intValue())
            .assertLogRecords(records -> assertThat(records)
                    .as("the engine says once, in Quarkus' log, what it opened: one engine for four beans")
                    .filteredOn(record -> record.getLevel().intValue() == Level.INFO.intValue())
                    .singleElement()
                    .satisfies(record -> assertThat(record.getMessage()).isNotBlank()));

    @RegisterAiService
    interface Assistant {

        String ask(String question);

        Multi<String> stream(String question);
    }

    @ApplicationScoped
    static class Listener implements ChatModelListener {

        private final List<String> heard = new CopyOnWriteArrayList<>();

        List<String> heard() {
            return heard;
        }

        @Override
        public void onRequest(ChatModelRequestContext context) {
            heard.add("request for " + context.chatRequest().parameters().modelName());
        }

        @Override
        public void onResponse(ChatModelResponseContext context) {
            ChatResponse response = context.chatResponse();
            heard.add("response of " + response.modelName() + ", " + response.finishReason());
            assertThat(response.id()).isNotBlank();
            assertThat(response.tokenUsage().inputTokenCount()).isPositive();
            assertThat(response.tokenUsage().outputTokenCount()).isPositive();
        }

        @Override
        public void onError(ChatModelErrorContext context) {
            heard.add("error " + context.error().getClass().getSimpleName());
        }
    }

    @Inject
    Assistant assistant;

    @Inject
    ChatModel model;

    @Inject
    StreamingChatModel streamingModel;

    @Inject
    @ModelName("other")
    ChatModel other;

    @Inject
    Listener listener;

    @BeforeEach
    void forget() {
        listener.heard().clear();
    }

    private static String name(ChatModel model) {
        return model.defaultRequestParameters().modelName();
    }

    @Test
    @ActivateRequestContext
    void anAiServiceAnswers() {
        assertThat(assistant.ask("What is the capital of France?")).contains("Paris");
        assertThat(listener.heard()).containsExactly("request for " + name(model), "response of " + name(model) + ", STOP");
    }

    @Test
    @ActivateRequestContext
    void anAiServiceStreamsTheSameAnswerInPieces() {
        List<String> pieces = assistant.stream("What is the capital of France?").collect().asList().await().indefinitely();

        assertThat(pieces).hasSizeGreaterThan(2).doesNotContain("");
        assertThat(String.join("", pieces)).isEqualTo(assistant.ask("What is the capital of France?"));
        assertThat(listener.heard()).startsWith("request for " + name(model), "response of " + name(model) + ", STOP");
    }

    @Test
    void aNamedModelHasItsOwnSettings() {
        ChatResponse response = other
                .chat(List.of(UserMessage.from("What is the capital of France?")));

        assertThat(response.tokenUsage().outputTokenCount()).isEqualTo(1);
        assertThat(response.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void theBeansAreOurs() {
        List<Class<?>> types = new ArrayList<>();
        for (Object bean : List.of(model, streamingModel, other)) {
            types.add(ClientProxy.unwrap(bean).getClass());
        }

        assertThat(types).extracting(Class::getName).containsExactly("dev.kimilinear.KimiLinearChatModel",
                "dev.kimilinear.KimiLinearStreamingChatModel", "dev.kimilinear.KimiLinearChatModel");
    }

    @Test
    void aListenerHearsOfAnError() {
        assertThat(catchThrowable(() -> model.chat("word ".repeat(20_000))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("quarkus.langchain4j.kimi-linear.chat-model.context-length");
        assertThat(listener.heard()).containsExactly("request for " + name(model), "error InvalidRequestException");
    }
}
