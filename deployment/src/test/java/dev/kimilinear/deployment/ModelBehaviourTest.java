package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogRecord;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkiverse.langchain4j.runtime.ContextLocals;
import io.quarkus.runtime.BlockingOperationNotAllowedException;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** What the injected models do beside answering: threads, contexts, refusals, logs, customizers. */
class ModelBehaviourTest {

    private static final String CAPITAL = "What is the capital of France?";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Customizer.class, StreamingCustomizer.class))
            .overrideConfigKey("quarkus.langchain4j.log-requests", "true")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.log-responses", "true")
            .setLogRecordPredicate(record -> record.getLoggerName().equals("dev.kimilinear.runtime.chat.ChatLog"))
            .assertLogRecords(ModelBehaviourTest::bothModelsLogged);

    @ApplicationScoped
    static class Customizer implements ModelBuilderCustomizer<KimiLinearChatModel.Builder> {

        @Override
        public void customize(KimiLinearChatModel.Builder builder) {
            builder.temperature(0).seed(11);
        }
    }

    @ApplicationScoped
    static class StreamingCustomizer implements ModelBuilderCustomizer<KimiLinearStreamingChatModel.Builder> {

        @Override
        public void customize(KimiLinearStreamingChatModel.Builder builder) {
            builder.temperature(0).seed(22);
        }
    }

    @Inject
    ChatModel model;

    @Inject
    StreamingChatModel streamingModel;

    @Inject
    Vertx vertx;

    private static void bothModelsLogged(List<LogRecord> records) {
        assertThat(records).extracting(record -> String.format(record.getMessage(), record.getParameters()))
                .anySatisfy(text -> assertThat(text).startsWith("Request: ").contains("blocking: " + CAPITAL))
                .anySatisfy(text -> assertThat(text).startsWith("Request: ").contains("streaming: " + CAPITAL))
                .filteredOn(text -> text.startsWith("Response: ")).hasSizeGreaterThanOrEqualTo(2);
    }

    private static final class Answer implements StreamingChatResponseHandler {

        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        volatile Thread thread;
        volatile Object inContext;

        @Override
        public void onPartialResponse(String partialResponse) {
            thread = Thread.currentThread();
            inContext = ContextLocals.get("mark");
        }

        @Override
        public void onCompleteResponse(ChatResponse completeResponse) {
            response.complete(completeResponse);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }
    }

    @Test
    void bothModelsLogWhatIsAskedForAndAnswered() throws Exception {
        Answer answer = new Answer();

        model.chat("blocking: " + CAPITAL);
        streamingModel.chat("streaming: " + CAPITAL, answer);

        answer.response.get(1, TimeUnit.MINUTES);
    }

    @Test
    void customizersChangeTheirOwnModel() {
        assertThat(model.defaultRequestParameters().toString()).contains("seed=11");
        assertThat(streamingModel.defaultRequestParameters().toString()).contains("seed=22");
    }

    @Test
    void callbacksComeOnAThreadOfTheirOwnInTheContextOfTheCaller() throws Exception {
        Answer answer = new Answer();
        CompletableFuture<Thread> caller = new CompletableFuture<>();

        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()).executeBlocking(() -> {
            ContextLocals.put("mark", "mine");
            streamingModel.chat(CAPITAL, answer);
            return caller.complete(Thread.currentThread());
        });

        answer.response.get(1, TimeUnit.MINUTES);
        assertThat(answer.thread).isNotNull().isNotSameAs(caller.get());
        assertThat(answer.inContext).isEqualTo("mine");
    }

    @Test
    void aStreamingCallIsFineOnTheEventLoop() throws Exception {
        Answer answer = new Answer();

        vertx.runOnContext(ignored -> streamingModel.chat(CAPITAL, answer));

        assertThat(answer.response.get(1, TimeUnit.MINUTES).aiMessage().text()).contains("Paris");
        assertThat(answer.thread.isVirtual()).isTrue();
    }

    @Test
    void aBlockingCallOnTheEventLoopIsRefused() throws Exception {
        CompletableFuture<Throwable> refusal = new CompletableFuture<>();

        Context context = vertx.getOrCreateContext();
        context.runOnContext(ignored -> refusal.complete(catchThrowable(() -> model.chat(CAPITAL))));

        assertThat(refusal.get(1, TimeUnit.MINUTES)).isInstanceOf(BlockingOperationNotAllowedException.class)
                .hasMessageContainingAll("event-loop", "@Blocking");
    }

    @Test
    void unsupportedFeaturesAreRefusedSynchronouslyByBothModels() {
        ChatRequest pattern = ChatRequest.builder().messages(UserMessage.from("hi"))
                .parameters(ChatRequestParameters.builder().responseFormat(JsonSchema.builder().name("code")
                        .rootElement(JsonRawSchema.from("{\"type\": \"string\", \"pattern\": \"[A-Z]+\"}")).build()).build())
                .build();
        ChatRequest image = ChatRequest.builder()
                .messages(UserMessage.from(ImageContent.from("http://localhost/image.png"))).build();
        Answer answer = new Answer();

        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> model.chat(pattern))
                .withMessageContaining("\"pattern\" is not supported");
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> model.chat(image))
                .withMessageContaining("image");
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> streamingModel.chat(pattern, answer))
                .withMessageContaining("\"pattern\" is not supported");
        assertThatExceptionOfType(UnsupportedFeatureException.class).isThrownBy(() -> streamingModel.chat(image, answer))
                .withMessageContaining("image");
        assertThat(answer.response).isNotDone();
    }
}
