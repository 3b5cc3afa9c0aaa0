package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ContextLengthException;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.Generation.Status;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.TokenChoice.Alternative;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * The loop with one sequence at a time, scripted models and the embedded model's tokenizer: what is asserted is exact. More
 * sequences at a time are in {@link ContinuousBatchingTest}.
 */
@Timeout(60)
class EngineLoopTest {

    private static final int CONTEXT = 8192;
    private static final int QUEUE = 4;
    private static final String CJK_AND_EMOJI = "漢字仮名交じり文、한국어 텍스트 — 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇯🇵 ñ ß ∑ 𝛼 ";

    private static Tokenizer tokenizer;
    private static int end;

    private final ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
    private final List<String> closed = new ArrayList<>();
    private final EngineLoop loop = new EngineLoop("scripted", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
            memory(CONTEXT), queue(QUEUE), cold(),
            SnapshotCache.off(),
            List.of(() -> closed.add("pool"), () -> closed.add("file")));

    @BeforeAll
    static void readTokenizer() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        end = tokenizer.id("<|im_end|>").orElseThrow();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    // Text.

    @Test
    void fourKibibytesOfEmojiAndCjkArriveByteEqualAndInWholeCharacters() throws Exception {
        StringBuilder builder = new StringBuilder();
        while (builder.toString().getBytes(StandardCharsets.UTF_8).length < 4096) {
            builder.append(CJK_AND_EMOJI);
        }
        String text = builder.toString();
        int[] answer = tokenizer.encode(text, false);
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), answer);

        GenerationResult result = loop.submit(prompt(1), request(), listener).await();

        assertThat(listener.text().getBytes(StandardCharsets.UTF_8)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(listener.pieces).hasSizeGreaterThan(100).allSatisfy(piece -> {
            assertThat(piece).isNotEmpty();
            assertThat(Character.isLowSurrogate(piece.charAt(0))).isFalse();
            assertThat(Character.isHighSurrogate(piece.charAt(piece.length() - 1))).isFalse();
            assertThat(piece).doesNotContain("\uFFFD");
        });
        assertThat(result.text()).isEqualTo(text);
        assertThat(result.tokenIds()).containsExactly(boxed(answer));
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.usage()).isEqualTo(new Usage(1, answer.length));
        assertThat(listener.ending()).isEqualTo(result);
    }

    @Test
    void anIncompleteCharacterAtTheEndIsAReplacementCharacter() throws Exception {
        int[] emoji = tokenizer.encode("👍", false);
        assertThat(emoji.length).isGreaterThan(1);
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), Arrays.copyOf(emoji, emoji.length - 1));

        GenerationResult result = loop.submit(prompt(1), request(), listener).await();

        assertThat(result.text()).isEqualTo("\uFFFD");
        assertThat(listener.pieces).containsExactly("\uFFFD");
    }

    @Test
    void allCallsComeOnOneThreadThatIsNeitherTheCallersNorTheOwners() throws Exception {
        AtomicReference<Thread> owner = new AtomicReference<>();
        model.beforeStep = span -> owner.set(Thread.currentThread());
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), tokenizer.encode("Several words in this answer.", false));

        loop.submit(prompt(1), request(), listener).await();

        assertThat(listener.threads).hasSize(1).doesNotContain(Thread.currentThread(), owner.get());
        assertThat(listener.threads.iterator().next().isVirtual()).isTrue();
        assertThat(owner.get().getName()).contains("owner").contains("scripted");
        assertThat(owner.get().isDaemon()).isTrue();
        assertThat(owner.get().isVirtual()).isFalse();
    }

    // The parts of an answer.

    private static final ToolSpec PING = new ToolSpec("ping", null, "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":"
            + "\"integer\"}}}");

    private static GenerationRequest withTools() {
        return GenerationRequest.of(new Prompt.Chat(List.of(), List.of(PING)));
    }

    @Test
    void thinkingIsToldApart() throws Exception {
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), tokenizer.encode("<think>So it is.</think>Yes.", false));

        GenerationResult result = loop.submit(prompt(1), request().withSplitThinking(true), listener).await();

        assertThat(result.thinking()).isEqualTo("So it is.").isEqualTo(String.join("", listener.thinking));
        assertThat(result.text()).isEqualTo("Yes.").isEqualTo(listener.text());
        assertThat(loop.submit(prompt(1), request(), new RecordingListener()).await().text())
                .isEqualTo("<think>So it is.</think>Yes.");
    }

    @Test
    void toolCallsAreToldApartWhileTheyAreWritten() throws Exception {
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), tokenizer.encode("Wait. <|tool_calls_section_begin|><|tool_call_begin|>functions.ping:0"
                + "<|tool_call_argument_begin|>{\"n\": 12}<|tool_call_end|><|tool_call_begin|>functions.ping:1"
                + "<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>", true));

        GenerationResult result = loop.submit(prompt(1), withTools().withStop(List.of("}")), listener).await();

        assertThat(result.text()).isEqualTo("Wait. ").isEqualTo(listener.text());
        assertThat(result.toolCalls()).containsExactly(new ToolCall("functions.ping:0", "ping", "{\"n\": 12}"),
                new ToolCall("functions.ping:1", "ping", "{}")).isEqualTo(listener.calls);
        assertThat(String.join("", listener.arguments)).isEqualTo("{\"n\": 12}{}");
        assertThat(result.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void aCallThatIsCutOffIsNone() throws Exception {
        int[] answer = tokenizer.encode("<|tool_call_begin|>functions.ping:0<|tool_call_argument_begin|>{\"n\": 12}"
                + "<|tool_call_end|>", true);
        model.answer(prompt(1), answer);

        GenerationResult result = loop.submit(prompt(1), withTools().withMaxOutputTokens(answer.length - 2),
                new RecordingListener()).await();

        assertThat(result.toolCalls()).isEmpty();
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    /** What the model would like to say is not chosen where it would break the call. */
    @Test
    void aCallOfAToolThatDoesNotExistBecomesOneThatDoes() throws Exception {
        model.answer(prompt(1), tokenizer.encode("<|tool_call_begin|>functions.pong:7<|tool_call_argument_begin|>[]"
                + "<|tool_call_end|>", true));

        GenerationResult result = loop.submit(prompt(1), withTools().withMaxOutputTokens(60), new RecordingListener()).await();

        assertThat(result.toolCalls()).allSatisfy(call -> assertThat(call.id()).startsWith("functions.ping:"));
        assertThat(result.text()).isEmpty();
    }

    @Test
    void aStopSequenceAndAFormGoTogether() throws Exception {
        model.answer(prompt(1), tokenizer.encode("{\"a\": \"END\"}", false));

        assertThat(loop.submit(prompt(1), request().withFormat(new AnswerFormat.JsonObject()).withStop(List.of("END")),
                new RecordingListener()).await().text()).isEqualTo("{\"a\": \"");
    }

    // Alternatives.

    @Test
    void aTokenComesWithWhatTheModelThoughtOfInstead() throws Exception {
        int[] answer = tokenizer.encode("one", false);
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), answer);

        loop.submit(prompt(1), request().withAlternatives(3), listener).await();

        // All logits are 0, but that of the scripted token is 1.
        double sum = Math.E + tokenizer.size() - 1;
        assertThat(listener.choices).hasSize(answer.length + 1);
        for (int i = 0; i < listener.choices.size(); i++) {
            TokenChoice choice = listener.choices.get(i);
            int token = i < answer.length ? answer[i] : end;
            assertThat(choice.id()).isEqualTo(token);
            assertThat(choice.text()).isEqualTo(tokenizer.decode(new int[] { token }, true));
            assertThat(choice.probability()).isCloseTo(Math.E / sum, within(1e-12));
            assertThat(choice.alternatives()).extracting(Alternative::id).containsExactly(token, 0, 1);
            assertThat(choice.alternatives()).extracting(Alternative::text).containsExactly(choice.text(),
                    tokenizer.text(0), tokenizer.text(1));
            assertThat(choice.alternatives().get(0).probability()).isEqualTo(choice.probability());
            assertThat(choice.alternatives().get(1).probability()).isCloseTo(1 / sum, within(1e-12));
        }
    }

    @Test
    void aTokenComesBeforeItsTextAndSoDoesTheOneThatEndsTheAnswer() throws Exception {
        int[] answer = concat(tokenizer.encode("a", false), tokenizer.encode("👍", false));
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), answer);

        GenerationResult result = loop.submit(prompt(1), request().withAlternatives(1), listener).await();

        assertThat(result.text()).isEqualTo("a👍");
        assertThat(listener.order).startsWith("token a", "text a").endsWith("text 👍", "token <|im_end|>");
        assertThat(listener.choices).extracting(TokenChoice::text).as("parts of a character").contains("\uFFFD");
        assertThat(listener.threads).hasSize(1);
    }

    @Test
    void whatSamplingRulesOutIsStillWhatTheModelThought() throws Exception {
        int[] word = tokenizer.encode("word", false);
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), word);
        GenerationRequest request = request().withAlternatives(1).withMaxOutputTokens(1)
                .withSampling(SamplingParams.greedy().withLogitBias(Map.of(word[0], -100f)));

        loop.submit(prompt(1), request, listener).await();

        TokenChoice choice = listener.choices.getFirst();
        assertThat(choice.id()).isNotEqualTo(word[0]);
        assertThat(choice.alternatives()).extracting(Alternative::id).containsExactly(word[0]);
        assertThat(choice.probability()).isLessThan(choice.alternatives().getFirst().probability());
    }

    @Test
    void withoutAlternativesNoTokensAreHeard() throws Exception {
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), tokenizer.encode("one", false));

        loop.submit(prompt(1), request(), listener).await();

        assertThat(listener.choices).isEmpty();
        assertThat(listener.pieces).isNotEmpty();
    }

    // The end of an answer.

    @Test
    void theEndTokenIsNeitherTextNorCounted() throws Exception {
        model.answer(prompt(1));

        GenerationResult result = loop.submit(prompt(1), request().withRenderControlTokens(true), new RecordingListener())
                .await();

        assertThat(result).isEqualTo(new GenerationResult("", "", List.of(), List.of(), new Usage(1, 0), FinishReason.STOP));
    }

    @Test
    void anIgnoredEndTokenIsATokenLikeOthers() throws Exception {
        int[] word = tokenizer.encode("word", false);
        model.answer(prompt(1), concat(word, new int[] { end }, word));
        GenerationRequest request = request().withIgnoreEndOfGeneration(true)
                .withMaxOutputTokens(2 * word.length + 1);

        GenerationResult hidden = loop.submit(prompt(1), request, new RecordingListener()).await();
        GenerationResult rendered = loop.submit(prompt(1), request.withRenderControlTokens(true), new RecordingListener())
                .await();

        assertThat(hidden.text()).isEqualTo("wordword");
        assertThat(rendered.text()).isEqualTo("word<|im_end|>word");
        assertThat(hidden.tokenIds()).containsExactly(boxed(concat(word, new int[] { end }, word)));
        assertThat(hidden.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void theOutputLimitEndsWithLength() throws Exception {
        int[] answer = tokenizer.encode("one two three four five six seven eight nine ten", false);
        model.answer(prompt(1), answer);

        GenerationResult result = loop.submit(prompt(1), request().withMaxOutputTokens(5), new RecordingListener()).await();

        assertThat(result.tokenIds()).containsExactly(boxed(Arrays.copyOf(answer, 5)));
        assertThat(result.text()).isEqualTo(tokenizer.decode(Arrays.copyOf(answer, 5), false));
        assertThat(result.usage()).isEqualTo(new Usage(1, 5));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void anAnswerThatEndsAtTheOutputLimitEndsWithStopOnlyIfItsEndTokenCame() throws Exception {
        int[] answer = tokenizer.encode("one two three", false);
        model.answer(prompt(1), answer);

        assertThat(loop.submit(prompt(1), request().withMaxOutputTokens(answer.length), new RecordingListener()).await()
                .finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(loop.submit(prompt(1), request().withMaxOutputTokens(answer.length + 1), new RecordingListener()).await()
                .finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void withoutAnOutputLimitTheContextEndsTheAnswer() throws Exception {
        int[] prompt = new int[CONTEXT - 20];
        Arrays.fill(prompt, 1);
        int[] answer = new int[100];
        Arrays.fill(answer, tokenizer.encode("a", false)[0]);
        model.answer(prompt, answer);

        GenerationResult result = loop.submit(prompt, request(), new RecordingListener()).await();

        assertThat(result.usage()).isEqualTo(new Usage(CONTEXT - 20, 20));
        assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(model.spans.getLast()).isEqualTo("1: [" + (CONTEXT - 2) + ", " + (CONTEXT - 1) + ")");
    }

    @Test
    void aStopSequenceAcrossTokensIsNeverDelivered() throws Exception {
        int[] answer = concat(tokenizer.encode("Paris is the capital.\n", false), tokenizer.encode("\nUs", false),
                tokenizer.encode("er", false), tokenizer.encode(": And?", false));
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), answer);

        GenerationResult result = loop.submit(prompt(1), request().withStop(List.of("###", "\n\nUser:")), listener).await();

        assertThat(result.text()).isEqualTo("Paris is the capital.");
        assertThat(listener.text()).isEqualTo("Paris is the capital.");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.usage().outputTokens()).isEqualTo(result.tokenIds().size()).isLessThan(answer.length);
        assertThat(tokenizer.decode(unboxed(result.tokenIds()), false)).startsWith("Paris is the capital.\n\nUser:");
    }

    @Test
    void textHeldBackForAStopSequenceComesAtTheEnd() throws Exception {
        int[] answer = tokenizer.encode("Paris.\n\nUse", false);
        model.answer(prompt(1), answer);
        GenerationRequest request = request().withStop(List.of("\n\nUser:"));

        RecordingListener stopped = new RecordingListener();
        assertThat(loop.submit(prompt(1), request, stopped).await().finishReason()).isEqualTo(FinishReason.STOP);
        RecordingListener cut = new RecordingListener();
        assertThat(loop.submit(prompt(1), request.withMaxOutputTokens(answer.length), cut).await().finishReason())
                .isEqualTo(FinishReason.LENGTH);

        assertThat(stopped.text()).isEqualTo("Paris.\n\nUse");
        assertThat(cut.text()).isEqualTo("Paris.\n\nUse");
    }

    @Test
    void aStopSequenceInTheLastTokenAllowedEndsWithStop() throws Exception {
        int[] answer = tokenizer.encode("one.", false);
        model.answer(prompt(1), answer);

        GenerationResult result = loop
                .submit(prompt(1), request().withStop(List.of(".")).withMaxOutputTokens(answer.length), new RecordingListener())
                .await();

        assertThat(result.text()).isEqualTo("one");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
    }

    // Steps.

    @Test
    void aPromptIsReadInChunksAndAnAnswerTokenByToken() throws Exception {
        int[] prompt = new int[2 * EngineOptions.DEFAULT_STEP_TOKENS + 44];
        Arrays.fill(prompt, 7);
        model.answer(prompt, tokenizer.encode("a", false)[0], tokenizer.encode("b", false)[0]);

        loop.submit(prompt, request(), new RecordingListener()).await();

        assertThat(model.spans).containsExactly("7: [0, 512)", "7: [512, 1024)", "7: [1024, 1068)",
                "7: [1068, 1069)", "7: [1069, 1070)");
        assertThat(loop.stats()).isEqualTo(stats(0, 0, 1, 0, 0, 1068, 2));
    }

    @Test
    void requestsRunInTheOrderTheyCame() throws Exception {
        CountDownLatch release = blockSteps();
        List<Generation> generations = new ArrayList<>();
        for (int first = 1; first <= QUEUE; first++) {
            model.answer(prompt(first), tokenizer.encode("a", false)[0]);
            generations.add(loop.submit(prompt(first), request(), new RecordingListener()));
        }
        release.countDown();
        for (Generation generation : generations) {
            generation.await();
        }

        assertThat(model.spans).containsExactly("1: [0, 1)", "1: [1, 2)", "2: [0, 1)", "2: [1, 2)", "3: [0, 1)", "3: [1, 2)",
                "4: [0, 1)", "4: [1, 2)");
    }

    @Test
    void samplingFollowsTheRequest() throws Exception {
        model.answer(prompt(1), tokenizer.encode("abc", false));
        // All but the scripted token have logit 0, the scripted one has 1: at this temperature the draw is almost uniform.
        GenerationRequest hot = request().withSampling(SamplingParams.temperature(1000).withSeed(1)).withMaxOutputTokens(20)
                .withIgnoreEndOfGeneration(true);

        List<Integer> first = loop.submit(prompt(1), hot, new RecordingListener()).await().tokenIds();
        List<Integer> same = loop.submit(prompt(1), hot, new RecordingListener()).await().tokenIds();
        List<Integer> other = loop
                .submit(prompt(1), hot.withSampling(SamplingParams.temperature(1000).withSeed(2)), new RecordingListener())
                .await().tokenIds();

        assertThat(first).hasSize(20).isEqualTo(same).isNotEqualTo(other);
    }

    // What is refused.

    @Test
    void aRequestThatDoesNotFitIsRefusedWithItsNumbers() throws Exception {
        int[] prompt = new int[CONTEXT - 2];
        Arrays.fill(prompt, 1);
        model.answer(prompt);

        assertThatThrownBy(() -> loop.submit(prompt, request().withMaxOutputTokens(3), new RecordingListener()))
                .isInstanceOfSatisfying(ContextLengthException.class, e -> {
                    assertThat(e.promptTokens()).isEqualTo(CONTEXT - 2);
                    assertThat(e.outputTokens()).isEqualTo(3);
                    assertThat(e.contextTokens()).isEqualTo(CONTEXT);
                }).hasMessageContaining("8,193 tokens (8,190 prompt + 3 output) but the context is 8,192");
        assertThat(loop.submit(prompt, request().withMaxOutputTokens(2), new RecordingListener()).await().text()).isEmpty();
        assertThat(model.spans).isNotEmpty();
    }

    @Test
    void aPromptThatLeavesNoRoomForOneTokenIsRefused() {
        int[] full = new int[CONTEXT];

        assertThatThrownBy(() -> loop.submit(full, request(), new RecordingListener()))
                .isInstanceOf(ContextLengthException.class).hasMessageContaining("8,192 prompt + 1 output");
        assertThat(model.spans).isEmpty();
    }

    @Test
    void anOutputLimitNearTheLargestIntDoesNotOverflow() {
        assertThatThrownBy(
                () -> loop.submit(prompt(1), request().withMaxOutputTokens(Integer.MAX_VALUE), new RecordingListener()))
                .isInstanceOf(ContextLengthException.class).hasMessageContaining("2,147,483,648 tokens");
    }

    @Test
    void anEmptyPromptIsRefused() {
        assertThatThrownBy(() -> loop.submit(new int[0], request(), new RecordingListener()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no tokens");
    }

    @Test
    void aTokenThatIsNotInTheVocabularyIsRefusedByIndexAndId() {
        for (int bad : new int[] { -1, tokenizer.size(), Integer.MAX_VALUE }) {
            assertThatThrownBy(() -> loop.submit(new int[] { 1, 2, bad }, request(), new RecordingListener()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tokens[2] is " + bad).hasMessageContaining("vocabulary of " + tokenizer.size());
        }
    }

    @Test
    void aFullQueueRefusesAndServesAgainWhenThereIsRoom() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = blockSteps(inStep);
        List<Generation> accepted = new ArrayList<>();
        model.answer(prompt(1));
        accepted.add(loop.submit(prompt(1), request(), new RecordingListener()));
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < QUEUE; i++) {
            accepted.add(loop.submit(prompt(1), request(), new RecordingListener()));
        }

        assertThatThrownBy(() -> loop.submit(prompt(1), request(), new RecordingListener()))
                .isInstanceOf(EngineOverloadedException.class).hasMessageContaining(QUEUE + " requests are waiting");
        assertThat(loop.stats()).isEqualTo(stats(QUEUE, 1, 0, 0, 0, 0, 0));
        accepted.removeLast().cancel();
        accepted.add(loop.submit(prompt(1), request(), new RecordingListener()));
        release.countDown();
        for (Generation generation : accepted) {
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    // Cancellation.

    @Test
    void aRequestCancelledInTheQueueEndsAtOnceAndNeverReachesTheModel() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = blockSteps(inStep);
        model.answer(prompt(1));
        Generation busy = loop.submit(prompt(1), request(), new RecordingListener());
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        RecordingListener listener = new RecordingListener();
        Generation queued = loop.submit(prompt(2), request(), listener);
        assertThat(queued.status()).isEqualTo(Status.QUEUED);

        queued.cancel();

        assertThatThrownBy(queued::await).isInstanceOf(CancellationException.class);
        assertThat(queued.status()).isEqualTo(Status.CANCELLED);
        assertThat(listener.ending()).isEqualTo(new Usage(1, 0));
        assertThat(busy.status()).isEqualTo(Status.RUNNING);
        assertThat(loop.stats()).isEqualTo(stats(0, 1, 0, 1, 0, 0, 0));
        release.countDown();
        busy.await();
        assertThat(model.spans).containsExactly("1: [0, 1)");
    }

    @Test
    void aCancellationDuringPrefillIsSeenWithinAChunk() throws Exception {
        int[] prompt = new int[1100];
        Arrays.fill(prompt, 1);
        model.answer(prompt);
        model.answer(prompt(2));
        CountDownLatch inSecondChunk = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.beforeStep = span -> {
            if (span.from() == EngineOptions.DEFAULT_STEP_TOKENS) {
                inSecondChunk.countDown();
                awaitLatch(release);
            }
        };
        RecordingListener listener = new RecordingListener();
        Generation generation = loop.submit(prompt, request(), listener);
        assertThat(inSecondChunk.await(30, TimeUnit.SECONDS)).isTrue();

        generation.cancel();
        release.countDown();

        assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
        assertThat(listener.ending()).isEqualTo(new Usage(1100, 0));
        assertThat(listener.pieces).isEmpty();
        assertThat(loop.stats()).isEqualTo(stats(0, 0, 0, 1, 0, 512, 0));
        loop.submit(prompt(2), request(), new RecordingListener()).await();
        assertThat(model.spans).containsExactly("1: [0, 512)", "2: [0, 1)");
    }

    @Test
    void aCancellationDuringTheAnswerEndsTheTokenInWork() throws Exception {
        int word = tokenizer.encode("a", false)[0];
        model.answer(prompt(1), i -> word);
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.beforeStep = span -> {
            if (span.from() == 10) {
                inStep.countDown();
                awaitLatch(release);
            }
        };
        RecordingListener listener = new RecordingListener();
        Generation generation = loop.submit(prompt(1), request(), listener);
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(generation.status()).isEqualTo(Status.RUNNING);

        generation.cancel();
        release.countDown();

        assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
        assertThat(model.spans.getLast()).isEqualTo("1: [9, 10)");
        assertThat(listener.ending()).isEqualTo(new Usage(1, 10));
        assertThat(loop.stats()).isEqualTo(stats(0, 0, 0, 1, 0, 1, 10));
    }

    /** The answer has no end of its own. */
    @Test
    void afterACancellationByTheListenerItselfNoTextComes() throws Exception {
        EngineLoop spacious = spaciousLoop();
        int word = tokenizer.encode("a", false)[0];
        model.answer(prompt(1), i -> word);
        CompletableFuture<Generation> generation = new CompletableFuture<>();
        AtomicInteger pieces = new AtomicInteger();
        RecordingListener listener = new RecordingListener(text -> {
            if (pieces.incrementAndGet() == 5) {
                generation.join().cancel();
            }
        });
        generation.complete(spacious.submit(prompt(1), request(), listener));

        assertThatThrownBy(generation.join()::await).isInstanceOf(CancellationException.class);
        assertThat(listener.pieces).hasSize(5);
        assertThat(listener.ending()).isInstanceOf(Usage.class);
        assertThat(listener.threads).hasSize(1);
        spacious.close();
    }

    /** The model is long done, but the listener has heard one piece of five only: the cancellation still counts. */
    @Test
    void textThatWaitsForASlowListenerIsDroppedByACancellation() throws Exception {
        CountDownLatch inText = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        RecordingListener slow = new RecordingListener(text -> {
            inText.countDown();
            awaitLatch(release);
        });
        model.answer(prompt(1), tokenizer.encode("one two three four five", false));
        model.answer(prompt(2));
        Generation generation = loop.submit(prompt(1), request(), slow);
        assertThat(inText.await(30, TimeUnit.SECONDS)).isTrue();
        loop.submit(prompt(2), request(), new RecordingListener()).await();

        generation.cancel();
        release.countDown();

        assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
        assertThat(slow.pieces).hasSize(1);
        assertThat(slow.ending()).isEqualTo(new Usage(1, tokenizer.encode("one two three four five", false).length));
        assertThat(generation.status()).isEqualTo(Status.CANCELLED);
    }

    @Test
    void aSecondCancellationAndOneAfterTheEndDoNothing() throws Exception {
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1), tokenizer.encode("word", false));
        Generation finished = loop.submit(prompt(1), request(), listener);
        GenerationResult result = finished.await();

        finished.cancel();
        finished.cancel();

        assertThat(finished.status()).isEqualTo(Status.COMPLETED);
        assertThat(finished.await()).isEqualTo(result);
        assertThat(listener.ending()).isEqualTo(result);

        CountDownLatch release = blockSteps();
        RecordingListener cancelledListener = new RecordingListener();
        Generation cancelled = loop.submit(prompt(1), request(), cancelledListener);
        cancelled.cancel();
        cancelled.cancel();
        release.countDown();
        assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
        assertThat(cancelledListener.ending()).isInstanceOf(Usage.class);
        assertThat(loop.stats().cancelled()).isEqualTo(1);
    }

    // Listeners.

    @Test
    void aSlowListenerHoldsNobodyBack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RecordingListener slow = new RecordingListener(text -> awaitLatch(release));
        String text = "This is a longer answer of many words.";
        model.answer(prompt(1), tokenizer.encode(text, false));
        model.answer(prompt(2), tokenizer.encode("quick", false));
        Generation slowly = loop.submit(prompt(1), request(), slow);

        assertThat(loop.submit(prompt(2), request(), new RecordingListener()).await().text()).isEqualTo("quick");

        assertThat(slowly.status()).isEqualTo(Status.RUNNING);
        release.countDown();
        assertThat(slowly.await().text()).isEqualTo(text);
        assertThat(slow.text()).isEqualTo(text);
    }

    /** The answer has no end of its own. */
    @Test
    void aListenerThatThrowsEndsItsGenerationWithThatError() throws Exception {
        EngineLoop spacious = spaciousLoop();
        int word = tokenizer.encode("a", false)[0];
        model.answer(prompt(1), i -> word);
        model.answer(prompt(2), tokenizer.encode("next", false));
        for (Throwable thrown : List.of(new IllegalStateException("no room"), new AssertionError("wrong"))) {
            RecordingListener listener = new RecordingListener(text -> {
                throw sneaky(thrown);
            });
            Generation generation = spacious.submit(prompt(1), request(), listener);

            assertThatThrownBy(generation::await).isInstanceOf(EngineException.class).hasCause(thrown);
            assertThat(listener.ending()).isSameAs(thrown);
            assertThat(listener.pieces).hasSize(1);
            assertThat(generation.status()).isEqualTo(Status.FAILED);
            assertThat(spacious.submit(prompt(2), request(), new RecordingListener()).await().text()).isEqualTo("next");
        }
        assertThat(spacious.stats().failed()).isEqualTo(2);
        assertThat(spacious.stats().active()).isZero();
        spacious.close();
    }

    @Test
    void aListenerThatThrowsFromItsLastCallHarmsNobody() throws Exception {
        GenerationListener rude = new GenerationListener() {
            @Override
            public void onText(String text) {
            }

            @Override
            public void onComplete(GenerationResult result) {
                throw new IllegalStateException("onComplete throws on purpose");
            }

            @Override
            public void onError(Throwable error) {
                throw new IllegalStateException("onError throws on purpose");
            }

            @Override
            public void onCancelled(Usage usage) {
                throw new IllegalStateException("onCancelled throws on purpose");
            }
        };
        model.answer(prompt(1), tokenizer.encode("fine", false));
        assertThat(loop.submit(prompt(1), request(), rude).await().text()).isEqualTo("fine");

        model.beforeStep = span -> {
            throw new IllegalStateException("step");
        };
        assertThatThrownBy(loop.submit(prompt(1), request(), rude)::await).isInstanceOf(EngineException.class);

        CountDownLatch release = blockSteps();
        Generation cancelled = loop.submit(prompt(1), request(), rude);
        cancelled.cancel();
        release.countDown();
        assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void aListenerThatInterruptsItsThreadStillHearsEverything() throws Exception {
        RecordingListener listener = new RecordingListener(text -> Thread.currentThread().interrupt());
        String text = "one two three four five six seven";
        model.answer(prompt(1), tokenizer.encode(text, false));

        loop.submit(prompt(1), request(), listener).await();

        assertThat(listener.text()).isEqualTo(text);
        assertThat(listener.ending()).isInstanceOf(GenerationResult.class);
    }

    // Failures.

    @Test
    void aStepThatFailsEndsItsRequestAndTheLoopGoesOn() throws Exception {
        model.answer(prompt(1), tokenizer.encode("one two", false));
        for (Throwable thrown : List.of(new IllegalStateException("broken"), new AssertionError("wrong"),
                new StackOverflowError())) {
            model.beforeStep = failAt(2, thrown);
            RecordingListener listener = new RecordingListener();
            Generation generation = loop.submit(prompt(1), request(), listener);

            assertThatThrownBy(generation::await).isInstanceOf(EngineException.class).hasCause(thrown);
            assertThat(listener.ending()).isInstanceOf(EngineException.class);
            assertThat(generation.status()).isEqualTo(Status.FAILED);
            model.beforeStep = span -> {
            };
            assertThat(loop.submit(prompt(1), request(), new RecordingListener()).await().text()).isEqualTo("one two");
        }
        assertThat(loop.stats().failed()).isEqualTo(3);
        assertThat(loop.stats().active()).isZero();
    }

    @Test
    void aStepThatRunsOutOfMemoryNamesTheCure() throws Exception {
        OutOfMemoryError thrown = new OutOfMemoryError("Java heap space");
        model.answer(prompt(1), tokenizer.encode("fine", false));
        model.beforeNewState = () -> {
            throw thrown;
        };
        assertThatThrownBy(loop.submit(prompt(1), request(), new RecordingListener())::await)
                .isInstanceOf(EngineException.class).hasCause(thrown).hasMessageContaining("-Xmx");
        model.beforeNewState = () -> {
        };
        model.beforeStep = failAt(0, thrown);
        assertThatThrownBy(loop.submit(prompt(1), request(), new RecordingListener())::await)
                .isInstanceOf(EngineException.class).hasCause(thrown).hasMessageContaining("-Xmx");
        model.beforeStep = span -> {
        };
        assertThat(loop.submit(prompt(1), request(), new RecordingListener()).await().text()).isEqualTo("fine");
    }

    @Test
    void anErrorOfTheEngineArrivesAsItIs() {
        EngineException thrown = new EngineException("exactly this");
        model.answer(prompt(1));
        model.beforeStep = failAt(0, thrown);
        RecordingListener listener = new RecordingListener();

        assertThatThrownBy(loop.submit(prompt(1), request(), listener)::await).isSameAs(thrown);
        assertThat(listener.ending()).isSameAs(thrown);
    }

    // Closing.

    @Test
    void closingEndsWhatRunsAndWhatWaitsAndThenReleasesTheModel() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = blockSteps(inStep);
        model.answer(prompt(1), tokenizer.encode("never heard", false));
        List<RecordingListener> listeners = new ArrayList<>();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            listeners.add(new RecordingListener());
            generations.add(loop.submit(prompt(1), request(), listeners.get(i)));
            assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        }
        CompletableFuture<Void> closing = inBackground(loop::close);
        CompletableFuture<Void> closingToo = inBackground(loop::close);
        awaitRefusal();

        // The step is still running: nothing may be released under it.
        assertThat(closing.isDone()).isFalse();
        assertThat(closed).isEmpty();
        release.countDown();
        closing.get(30, TimeUnit.SECONDS);
        closingToo.get(30, TimeUnit.SECONDS);

        assertThat(closed).containsExactly("pool", "file");
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(generations.get(i)::await).isInstanceOf(EngineClosedException.class)
                    .hasMessageContaining("scripted");
            assertThat(listeners.get(i).ending()).isInstanceOf(EngineClosedException.class);
        }
        loop.close();
        assertThat(closed).containsExactly("pool", "file");
        assertThat(loop.stats().failed()).isEqualTo(3);
        assertThat(loop.stats().active()).isZero();
    }

    @Test
    void aClosedEngineRefusesRequests() {
        loop.close();

        assertThatThrownBy(() -> loop.submit(prompt(1), request(), new RecordingListener()))
                .isInstanceOf(EngineClosedException.class);
        assertThatThrownBy(() -> loop.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
        })).isInstanceOf(EngineClosedException.class);
    }

    @Test
    void aListenerMayCloseTheEngine() throws Exception {
        RecordingListener listener = new RecordingListener(text -> loop.close());
        int word = tokenizer.encode("a", false)[0];
        // The answer does not end before the listener has closed the engine.
        model.answer(prompt(1), i -> word);
        model.beforeStep = span -> {
            if (span.from() == 3) {
                awaitRefusal();
            }
        };

        Generation generation = loop.submit(prompt(1), request(), listener);

        assertThatThrownBy(generation::await).isInstanceOf(EngineClosedException.class);
        assertThat(closed).containsExactly("pool", "file");
    }

    @Test
    void aResourceThatFailsToCloseKeepsNoOtherOpen() {
        List<String> log = new ArrayList<>();
        EngineLoop other = new EngineLoop("other", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
                memory(CONTEXT), queue(QUEUE), cold(), SnapshotCache.off(),
                List.<AutoCloseable> of(() -> {
                    throw new IllegalStateException("close throws on purpose");
                }, () -> log.add("closed")));

        other.close();

        assertThat(log).containsExactly("closed");
    }

    // Waiting.

    @Test
    void anInterruptedWaitLeavesTheGenerationRunning() throws Exception {
        CountDownLatch release = blockSteps();
        model.answer(prompt(1), tokenizer.encode("still here", false));
        Generation generation = loop.submit(prompt(1), request(), new RecordingListener());
        CompletableFuture<Thread> waiter = new CompletableFuture<>();
        CompletableFuture<Void> waiting = inBackground(() -> {
            waiter.complete(Thread.currentThread());
            generation.await();
        });

        waiter.get().interrupt();

        assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        release.countDown();
        assertThat(generation.await().text()).isEqualTo("still here");
    }

    @Test
    void aListenerThatWaitsForItsOwnGenerationIsToldSo() {
        CompletableFuture<Generation> generation = new CompletableFuture<>();
        RecordingListener listener = new RecordingListener(text -> {
            try {
                generation.join().await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        model.answer(prompt(1), tokenizer.encode("word", false));
        generation.complete(loop.submit(prompt(1), request(), listener));

        assertThatThrownBy(generation.join()::await).isInstanceOf(EngineException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(listener.ending()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void idsAreUniqueAndThePromptsLengthIsKnownAtOnce() {
        CountDownLatch release = blockSteps();
        model.answer(prompt(1));
        Generation one = loop.submit(prompt(1), request(), new RecordingListener());
        Generation two = loop.submit(new int[] { 1, 2, 3 }, request(), new RecordingListener());

        assertThat(one.id()).isNotBlank().isNotEqualTo(two.id());
        assertThat(one.promptTokens()).isEqualTo(1);
        assertThat(two.promptTokens()).isEqualTo(3);
        release.countDown();
    }

    // Many at once.

    @Test
    void twoHundredRequestsWithRandomCancellationsEachEndOnce() throws Exception {
        int requests = 200;
        EngineLoop busy = new EngineLoop("busy", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
                memory(CONTEXT), queue(requests), cold(),
                SnapshotCache.off(), List.of());
        String text = "An answer of some words, so that cancellations come before, during and after it.";
        model.answer(prompt(1), tokenizer.encode(text, false));
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            listeners.add(new RecordingListener());
        }
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
            List<Future<Generation>> generations = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                // Neighbouring seeds begin alike.
                Random random = new Random(i * 0x9E3779B97F4A7C15L);
                RecordingListener listener = listeners.get(i);
                generations.add(callers.submit(() -> {
                    start.await();
                    Generation generation = busy.submit(prompt(1), request(), listener);
                    if (random.nextBoolean()) {
                        // Spreads the cancellations over the life of a request; any moment is a right one.
                        for (int pause = random.nextInt(20_000); pause > 0; pause--) {
                            Thread.onSpinWait();
                        }
                        generation.cancel();
                    }
                    return generation;
                }));
            }
            start.countDown();
            int completed = 0;
            for (int i = 0; i < requests; i++) {
                Generation generation = generations.get(i).get();
                try {
                    assertThat(generation.await().text()).isEqualTo(text);
                    assertThat(listeners.get(i).ending()).isInstanceOf(GenerationResult.class);
                    assertThat(listeners.get(i).text()).isEqualTo(text);
                    assertThat(generation.status()).isEqualTo(Status.COMPLETED);
                    completed++;
                } catch (CancellationException e) {
                    assertThat(listeners.get(i).ending()).isInstanceOf(Usage.class);
                    assertThat(text).startsWith(listeners.get(i).text());
                    assertThat(generation.status()).isEqualTo(Status.CANCELLED);
                }
            }
            EngineStats stats = busy.stats();
            assertThat(completed).isBetween(requests / 3, requests - 1);
            assertThat(stats.completed()).isEqualTo(completed);
            assertThat(stats.cancelled()).isEqualTo(requests - completed);
            assertThat(stats.failed()).isZero();
            assertThat(stats.active()).isZero();
            assertThat(stats.queued()).isZero();
        }
        busy.close();
    }

    @Test
    void closingAmidManyRequestsEndsEachOnce() throws Exception {
        int requests = 100;
        EngineLoop busy = new EngineLoop("busy", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
                memory(CONTEXT), queue(requests), cold(),
                SnapshotCache.off(), List.of());
        model.answer(prompt(1), tokenizer.encode("some words of an answer", false));
        List<RecordingListener> listeners = new ArrayList<>();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            listeners.add(new RecordingListener());
            generations.add(busy.submit(prompt(1), request(), listeners.get(i)));
        }
        generations.get(5).await();

        busy.close();

        int closedOnes = 0;
        for (int i = 0; i < requests; i++) {
            try {
                generations.get(i).await();
                assertThat(listeners.get(i).ending()).isInstanceOf(GenerationResult.class);
            } catch (EngineClosedException e) {
                assertThat(listeners.get(i).ending()).isSameAs(e);
                closedOnes++;
            }
        }
        assertThat(busy.stats().failed()).isEqualTo(closedOnes);
        assertThat(busy.stats().completed()).isEqualTo(requests - closedOnes);
    }

    // Logits.

    @Test
    void logitsComeInOrderForEveryChunkSize() throws Exception {
        int[] tokens = new int[300];
        Arrays.fill(tokens, 1);
        model.answer(new int[] { 1 }, numbered(300));
        int[] positions = { 0, 1, 127, 128, 129, 255, 298 };
        for (int chunk : new int[] { 0, 1, 2, 7, 128, 300, Integer.MAX_VALUE }) {
            List<Integer> next = new ArrayList<>();
            Thread caller = Thread.currentThread();
            loop.logits(tokens, positions, chunk, row -> {
                assertThat(Thread.currentThread()).isSameAs(caller);
                assertThat(row).hasSize(tokenizer.size());
                next.add(argMax(row));
            });
            assertThat(next).as("chunks of %d", chunk).containsExactly(0, 1, 127, 128, 129, 255, 298);
        }
    }

    @Test
    void logitsReadNothingBehindTheLastPosition() throws Exception {
        model.answer(prompt(1));

        loop.logits(new int[] { 1, 2, 3, 4, 5 }, new int[] { 1, 2 }, 2, row -> {
        });

        assertThat(model.spans).containsExactly("1: [0, 2)", "1: [2, 3)");
    }

    @Test
    void logitsWithBadArgumentsAreRefused() {
        int[] tokens = { 1, 2, 3 };
        for (int[] bad : new int[][] { {}, { 3 }, { -1 }, { 1, 1 }, { 2, 1 } }) {
            assertThatThrownBy(() -> loop.logits(tokens, bad, 0, row -> {
            })).as(Arrays.toString(bad)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("positions");
        }
        assertThatThrownBy(() -> loop.logits(tokens, new int[] { 0 }, -1, row -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("chunkTokens is -1");
        assertThatThrownBy(() -> loop.logits(new int[0], new int[] { 0 }, 0, row -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no tokens");
        assertThatThrownBy(() -> loop.logits(new int[] { tokenizer.size() }, new int[] { 0 }, 0, row -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("tokens[0]");
        assertThatThrownBy(() -> loop.logits(new int[CONTEXT + 1], new int[] { CONTEXT }, 0, row -> {
        })).isInstanceOf(ContextLengthException.class);
        assertThat(model.spans).isEmpty();
    }

    @Test
    void logitsThatFitNoArrayAreRefused() {
        EngineLoop spacious = spaciousLoop();
        int[] positions = numbered(Integer.MAX_VALUE / tokenizer.size() + 1);

        assertThatThrownBy(() -> spacious.logits(new int[positions.length], positions, positions.length, row -> {
        })).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("chunkTokens is " + positions.length)
                .hasMessageContaining("at most " + (positions.length - 1));
        spacious.close();
    }

    /** The answer goes on until the logits are there, so they came between its steps. */
    @Test
    void logitsGoOnBetweenTheStepsOfAGeneration() throws Exception {
        EngineLoop spacious = spaciousLoop();
        AtomicBoolean done = new AtomicBoolean();
        int word = tokenizer.encode("a", false)[0];
        model.answer(prompt(1), i -> done.get() ? end : word);
        model.answer(prompt(2));
        CountDownLatch inStep = new CountDownLatch(1);
        model.beforeStep = span -> inStep.countDown();
        Generation generation = spacious.submit(prompt(1), request(), new RecordingListener());
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        List<float[]> rows = new ArrayList<>();

        spacious.logits(new int[] { 2, 3 }, new int[] { 0, 1 }, 1, rows::add);

        assertThat(rows).hasSize(2);
        assertThat(generation.status()).isEqualTo(Status.RUNNING);
        done.set(true);
        assertThat(generation.await().finishReason()).isEqualTo(FinishReason.STOP);
        spacious.close();
    }

    @Test
    void aFailureOfLogitsIsTheCallersAndTheLoopGoesOn() throws Exception {
        model.answer(prompt(1), tokenizer.encode("fine", false));
        IllegalStateException thrown = new IllegalStateException("broken");
        model.beforeStep = failAt(0, thrown);
        assertThatThrownBy(() -> loop.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
        })).isInstanceOf(EngineException.class).hasCause(thrown);
        model.beforeStep = span -> {
        };

        assertThatThrownBy(() -> loop.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
            throw thrown;
        })).isSameAs(thrown);
        assertThat(loop.submit(prompt(1), request(), new RecordingListener()).await().text()).isEqualTo("fine");
    }

    @Test
    void closingEndsAWaitForLogits() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = blockSteps(inStep);
        model.answer(prompt(1));
        loop.submit(prompt(1), request(), new RecordingListener());
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> logits = inBackground(() -> loop.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
        }));
        CompletableFuture<Void> closing = inBackground(loop::close);
        awaitRefusal();
        release.countDown();
        closing.get(30, TimeUnit.SECONDS);

        assertThatThrownBy(() -> logits.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EngineClosedException.class);
    }

    @Test
    void anInterruptedWaitForLogitsEnds() throws Exception {
        CountDownLatch release = blockSteps();
        model.answer(prompt(1));
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        CompletableFuture<Void> logits = inBackground(() -> {
            caller.complete(Thread.currentThread());
            loop.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
            });
        });

        caller.get().interrupt();

        assertThatThrownBy(() -> logits.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        release.countDown();
    }

    // Tools of these tests.

    private static int[] prompt(int first) {
        return new int[] { first };
    }

    private static GenerationRequest request() {
        // The loop gets the prompt as tokens; what the request says of it does not matter here.
        return GenerationRequest.of(new Prompt.Tokens(new int[0]));
    }

    /** A loop whose context no test fills: an answer without an end lasts until something else ends it. */
    private EngineLoop spaciousLoop() {
        return new EngineLoop("spacious", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED), memory(100_000_000),
                queue(QUEUE), cold(), SnapshotCache.off(),
                List.of());
    }

    private interface Action {
        void run() throws Exception;
    }

    /** A thread of its own for each: the common pool of a machine with two cores has one. */
    private static CompletableFuture<Void> inBackground(Action action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                action.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /** Makes every step wait until the latch is counted down. */
    private CountDownLatch blockSteps() {
        return blockSteps(new CountDownLatch(1));
    }

    private CountDownLatch blockSteps(CountDownLatch inStep) {
        CountDownLatch release = new CountDownLatch(1);
        model.beforeStep = span -> {
            inStep.countDown();
            awaitLatch(release);
        };
        return release;
    }

    private static Consumer<Span> failAt(int from, Throwable thrown) {
        return span -> {
            if (span.from() == from) {
                throw sneaky(thrown);
            }
        };
    }

    /** Returns when {@link EngineLoop#close} has begun. */
    private void awaitRefusal() {
        while (true) {
            try {
                loop.submit(prompt(1), request(), new RecordingListener()).cancel();
                Thread.onSpinWait();
            } catch (EngineClosedException e) {
                return;
            }
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("The test never released a step");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static RuntimeException sneaky(Throwable thrown) {
        switch (thrown) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalArgumentException(thrown);
        }
    }

    /** No warm-up, for exact statements about steps. */
    private static WarmUp cold() {
        return new WarmUp(null, 0, System::nanoTime);
    }

    private static EngineOptions queue(int most) {
        return EngineOptions.defaults().withMaxQueuedRequests(most);
    }

    /** A plan for one sequence at a time, of which the loop needs nothing but the context besides. */
    private static MemoryPlan memory(int contextTokens) {
        return new MemoryPlan(contextTokens, 1, 0, 0, 0, 0, 0, 0, 0, contextTokens, 0, 0, 0);
    }

    /** Scripted models have no state. */
    private static EngineStats stats(int queued, int active, long completed, long cancelled, long failed, long promptTokens,
            long outputTokens) {
        return new EngineStats(queued, active, completed, cancelled, failed, promptTokens, outputTokens, 0,
                SnapshotCache.off().stats(), memory(CONTEXT));
    }

    private static int argMax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private static int[] numbered(int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> i);
        return numbers;
    }

    private static int[] concat(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static Integer[] boxed(int[] ids) {
        return Arrays.stream(ids).boxed().toArray(Integer[]::new);
    }

    private static int[] unboxed(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
