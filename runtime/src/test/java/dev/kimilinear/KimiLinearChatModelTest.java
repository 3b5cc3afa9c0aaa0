package dev.kimilinear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineStats;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;

/** Both models on the embedded model's file, without Quarkus. */
class KimiLinearChatModelTest {

    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String CAPITAL = "What is the capital of France?";

    /** Out of the model's little world, where it is unsure and draws differ. */
    private static final String ODD = "Tell me a joke.";

    /** Goes on until the context is full, whatever the model draws. */
    private static final ChatRequest ENDLESS = request(ODD,
            KimiLinearChatRequestParameters.builder().ignoreEos(true).build());

    private static Engine engine;

    @BeforeAll
    static void open() {
        engine = Engine.open(TINY, EngineOptions.defaults());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static KimiLinearChatModel.Builder model() {
        return KimiLinearChatModel.builder().engine(engine);
    }

    private static KimiLinearStreamingChatModel.Builder streamingModel() {
        return KimiLinearStreamingChatModel.builder().engine(engine);
    }

    private static ChatRequest request(String text, ChatRequestParameters parameters) {
        return ChatRequest.builder().messages(UserMessage.from(text)).parameters(parameters).build();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting after %s", PATIENCE).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static class Answer implements StreamingChatResponseHandler {

        final List<String> pieces = new CopyOnWriteArrayList<>();
        final Set<Thread> threads = new HashSet<>();
        final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
            threads.add(Thread.currentThread());
            pieces.add(partialResponse.text());
        }

        @Override
        public void onCompleteResponse(ChatResponse completeResponse) {
            threads.add(Thread.currentThread());
            response.complete(completeResponse);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }

        ChatResponse await() throws Exception {
            return response.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void aConversationIsAnsweredWithAllMetadata() {
        ChatResponse response = model().temperature(0).build().chat(UserMessage.from("Hello"),
                AiMessage.from("Hello! How can I help you?"), UserMessage.from(CAPITAL));

        assertThat(response.aiMessage().text()).isEqualTo("The capital of France is Paris.");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.modelName()).isEqualTo(engine.model().name());
        assertThat(response.id()).isNotBlank();
        assertThat(response.tokenUsage().inputTokenCount()).isGreaterThan(10);
        assertThat(response.tokenUsage().outputTokenCount()).isBetween(3, 30);
        assertThat(response.tokenUsage().totalTokenCount())
                .isEqualTo(response.tokenUsage().inputTokenCount() + response.tokenUsage().outputTokenCount());
    }

    @Test
    void theStreamIsTheBlockingAnswerInPieces() throws Exception {
        ChatResponse blocking = model().temperature(0).build().chat(UserMessage.from(CAPITAL));
        Answer answer = new Answer();

        streamingModel().temperature(0).build().chat(CAPITAL, answer);

        ChatResponse streamed = answer.await();
        assertThat(streamed.aiMessage()).isEqualTo(blocking.aiMessage());
        assertThat(streamed.tokenUsage()).isEqualTo(blocking.tokenUsage());
        assertThat(streamed.id()).isNotEqualTo(blocking.id());
        assertThat(String.join("", answer.pieces)).isEqualTo(blocking.aiMessage().text());
        assertThat(answer.pieces).hasSizeGreaterThan(2);
        assertThat(answer.threads).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void theDefaultsAreSureWhereTheModelIsSure() {
        KimiLinearChatModel model = model().build();

        for (int i = 0; i < 5; i++) {
            assertThat(model.chat(CAPITAL)).isEqualTo("The capital of France is Paris.");
        }
    }

    @Test
    void aSeedRepeatsAnAnswerAndOthersDiffer() {
        KimiLinearChatModel model = model().temperature(50).minP(0).topP(1).maxOutputTokens(12).build();
        List<String> once = new ArrayList<>();
        List<String> again = new ArrayList<>();
        for (long seed = 1; seed <= 4; seed++) {
            ChatRequestParameters seeded = KimiLinearChatRequestParameters.builder().seed(seed).build();
            once.add(model.chat(request(ODD, seeded)).aiMessage().text());
            again.add(model.chat(request(ODD, seeded)).aiMessage().text());
        }

        assertThat(again).isEqualTo(once);
        assertThat(new HashSet<>(once)).hasSizeGreaterThan(1);
    }

    @Test
    void parametersOfARequestOverrideTheModels() {
        KimiLinearChatModel model = model().temperature(0).maxOutputTokens(100).build();

        ChatResponse two = model.chat(request(CAPITAL, ChatRequestParameters.builder().maxOutputTokens(2).build()));
        ChatResponse stopped = model.chat(request(CAPITAL, ChatRequestParameters.builder().stopSequences(" is").build()));

        assertThat(two.tokenUsage().outputTokenCount()).isEqualTo(2);
        assertThat(two.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(stopped.aiMessage().text()).isEqualTo("The capital of France");
        assertThat(stopped.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void theModelsOwnNameMayBeAskedForAndNoOther() {
        KimiLinearChatModel model = model().maxOutputTokens(1).build();
        String name = engine.model().name();

        assertThat(model.chat(request(CAPITAL, ChatRequestParameters.builder().modelName(name).build())).modelName())
                .isEqualTo(name);
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> model.chat(request(CAPITAL, ChatRequestParameters.builder().modelName("gpt").build())))
                .withMessageContainingAll("modelName", "\"gpt\"", name, "not supported");
    }

    @Test
    void aPromptThatDoesNotFitIsAnErrorOfBothModels() throws Exception {
        String longText = "word ".repeat(engine.model().contextTokens());
        Answer answer = new Answer();

        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> model().build().chat(longText))
                .withMessageContaining("but the context is %,d".formatted(engine.model().contextTokens()));
        streamingModel().build().chat(longText, answer);

        assertThat(answer.response).failsWithin(PATIENCE).withThrowableThat()
                .havingCause().isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aValueOutOfRangeIsAnInvalidRequest() {
        assertThatExceptionOfType(InvalidRequestException.class)
                .isThrownBy(() -> model().build().chat(request("hi", ChatRequestParameters.builder().topP(3.0).build())))
                .withMessageContaining("topP is 3.0");
    }

    @Test
    void listenersHearOfResponsesAndErrorsOfBothModels() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        ChatModelListener listener = new ChatModelListener() {
            @Override
            public void onResponse(ChatModelResponseContext context) {
                heard.add(context.modelProvider() + " " + context.chatRequest().parameters().modelName());
            }

            @Override
            public void onError(ChatModelErrorContext context) {
                heard.add(context.error().getClass().getSimpleName());
            }
        };
        KimiLinearChatModel model = model().maxOutputTokens(1).listeners(List.of(listener)).build();
        KimiLinearStreamingChatModel streaming = streamingModel().maxOutputTokens(1).listeners(List.of(listener)).build();
        ChatRequest wrong = request("hi", ChatRequestParameters.builder().topP(3.0).build());
        Answer fine = new Answer();
        Answer failed = new Answer();

        model.chat("hi");
        catchThrowable(() -> model.chat(wrong));
        streaming.chat("hi", fine);
        fine.await();
        streaming.chat(wrong, failed);

        String response = ModelProvider.OTHER + " " + engine.model().name();
        assertThat(heard).containsExactly(response, "InvalidRequestException", response, "InvalidRequestException");
    }

    @Test
    void interruptingTheWaitingThreadCancelsTheGeneration() throws Exception {
        EngineStats before = engine.stats();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        KimiLinearChatModel model = model().build();
        Thread caller = Thread.ofPlatform().start(() -> {
            thrown.complete(catchThrowable(() -> model.chat(ENDLESS)));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        await(() -> engine.stats().active() == 1);

        caller.interrupt();

        assertThat(thrown.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(LangChain4jException.class)
                .hasCauseInstanceOf(InterruptedException.class).hasMessageContaining("interrupted");
        assertThat(interrupted.get()).isTrue();
        await(() -> engine.stats().active() == 0 && engine.stats().cancelled() == before.cancelled() + 1);
    }

    @Test
    void cancellingFromAPieceEndsTheStream() throws Exception {
        EngineStats before = engine.stats();
        Answer answer = new Answer() {
            @Override
            public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
                super.onPartialResponse(partialResponse, context);
                if (pieces.size() == 3) {
                    context.streamingHandle().cancel();
                }
            }
        };

        streamingModel().build().chat(ENDLESS, answer);

        await(() -> engine.stats().cancelled() == before.cancelled() + 1);
        // A request that comes after has the engine for itself.
        assertThat(model().build().chat(CAPITAL)).contains("Paris");
        assertThat(answer.pieces).hasSize(3);
        assertThat(answer.response).isNotDone();
    }

    @Test
    void aClosedEngineIsAnErrorThatIsNotRetried() {
        Engine closed = Engine.open(TINY, EngineOptions.defaults());
        KimiLinearChatModel model = KimiLinearChatModel.builder().engine(closed).build();
        closed.close();

        assertThatExceptionOfType(NonRetriableException.class).isThrownBy(() -> model.chat("hi"))
                .withMessageContaining("closed");
    }

    @Test
    void aModelNeedsAnEngine() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> KimiLinearChatModel.builder().build()).withMessageContaining("engine");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> KimiLinearStreamingChatModel.builder().build()).withMessageContaining("engine");
    }

    @Test
    void aDefaultThatCannotBeHonouredIsRefusedWhenTheModelIsBuilt() {
        ChatRequestParameters other = ChatRequestParameters.builder().modelName("gpt").build();

        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> model().defaultRequestParameters(other).build())
                .withMessageContaining("modelName");
    }
}
