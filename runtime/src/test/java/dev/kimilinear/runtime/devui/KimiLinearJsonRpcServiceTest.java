package dev.kimilinear.runtime.devui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RenderedPrompt;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.runtime.devui.PlaygroundEvent.End;
import dev.kimilinear.runtime.devui.PlaygroundFormat.Kind;
import dev.kimilinear.runtime.internal.ChatModelSettings;
import dev.kimilinear.runtime.internal.OpenModel;
import dev.kimilinear.runtime.internal.OpenModels;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;

/** What the pages call, on the embedded model, without Quarkus. */
class KimiLinearJsonRpcServiceTest {

    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String DEFAULT = "default";
    private static final Prompt.Chat CAPITAL = chat("What is the capital of France?");
    private static final PlaygroundFormat TEXT = new PlaygroundFormat(Kind.TEXT, "");

    private static Engine engine;
    private static KimiLinearJsonRpcService service;

    @BeforeAll
    static void open() {
        engine = Engine.open(TINY, EngineOptions.defaults());
        service = service(engine);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static KimiLinearJsonRpcService service(Engine engine) {
        OpenModel model = model(engine, KimiLinearChatRequestParameters.DEFAULTS);
        return new KimiLinearJsonRpcService(new OpenModels(Map.of(NamedConfigUtil.DEFAULT_NAME, model)));
    }

    private static OpenModel model(Engine engine, KimiLinearChatRequestParameters parameters) {
        return OpenModel
                .of(new ChatModelSettings("tiny", "model", false, false, EngineOptions.defaults(), "", parameters, false,
                        false, false), engine);
    }

    private static Prompt.Chat chat(String question) {
        return new Prompt.Chat(List.of(ChatTurn.user(question)), List.of());
    }

    /** Parameters that are the model's own but for these, by name. */
    private static PlaygroundParameters parameters(Map<String, ?> changed) {
        return DevUiJson.read(changed, PlaygroundParameters.class);
    }

    private static Map<String, ?> greedy(String name, Object value) {
        return Map.of("temperature", 0, name, value);
    }

    private static Multi<PlaygroundEvent> generate(Prompt.Chat chat, Map<String, ?> parameters, PlaygroundFormat format) {
        return service.generate(DEFAULT, chat, parameters(parameters), format);
    }

    private static List<PlaygroundEvent> events(Multi<PlaygroundEvent> stream) {
        return stream.collect().asList().await().atMost(PATIENCE);
    }

    private static String text(List<PlaygroundEvent> events) {
        StringBuilder text = new StringBuilder();
        events.stream().map(PlaygroundEvent::text).filter(Objects::nonNull).forEach(text::append);
        return text.toString();
    }

    private static String answer(Prompt.Chat chat, PlaygroundFormat format) {
        List<PlaygroundEvent> events = events(generate(chat, Map.of("temperature", 0), format));
        assertThat(events.getLast().end()).as("%s", events.getLast()).isNotNull();
        return text(events);
    }

    private static String error(Multi<PlaygroundEvent> stream) {
        List<PlaygroundEvent> events = events(stream);
        assertThat(events).as("nothing but the error").hasSize(1);
        return events.getFirst().error();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting after %s", PATIENCE).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void awaitItems(int count, AssertSubscriber<?> subscriber) throws InterruptedException {
        await(() -> subscriber.getItems().size() >= count);
    }

    /** Waits for the first event, which says that the request was accepted. */
    private static String startedId(AssertSubscriber<PlaygroundEvent> events) throws InterruptedException {
        awaitItems(1, events);
        return events.getItems().getFirst().started().id();
    }

    @Test
    void theModelsAreListedAndTheCardNamesTheOnlyOne() {
        assertThat(service.models()).containsExactly(new ModelEntry(DEFAULT, "Kimi-Linear-Tiny", engine.model().bytes()));
        assertThat(service.label()).isEqualTo("Kimi-Linear-Tiny");

        OpenModel model = model(engine, KimiLinearChatRequestParameters.DEFAULTS);
        KimiLinearJsonRpcService two = new KimiLinearJsonRpcService(
                new OpenModels(Map.of(NamedConfigUtil.DEFAULT_NAME, model, "creative", model)));
        assertThat(two.models()).extracting(ModelEntry::name).containsExactly(DEFAULT, "creative");
        assertThat(two.label()).isEqualTo("2 models");
        assertThat(two.details("creative").info()).isEqualTo(engine.model());

        KimiLinearJsonRpcService none = new KimiLinearJsonRpcService(new OpenModels(Map.of()));
        assertThat(none.models()).isEmpty();
        assertThat(none.label()).isEqualTo("no model");
    }

    @Test
    void aNameThatLooksLikeMarkupIsNoneOnTheCard() {
        assertThat(KimiLinearJsonRpcService.label(List.of(new ModelEntry(DEFAULT, "<img src=x onerror=alert(1)>", 1))))
                .isEqualTo("(img src=x onerror=alert(1))");
    }

    @Test
    void theDetailsAreTheEnginesWithTheDefaultsOfRequests() {
        KimiLinearJsonRpcService cautious = new KimiLinearJsonRpcService(new OpenModels(Map.of("cautious", model(engine,
                KimiLinearChatRequestParameters.DEFAULTS.overrideWith(KimiLinearChatRequestParameters.builder().topK(7)
                        .seed(Long.MAX_VALUE).grammar("root ::= \"no\"").build())))));
        ModelFacts facts = cautious.details("cautious");

        assertThat(facts.file()).isEqualTo(engine.model().file().toString());
        assertThat(facts.info()).isEqualTo(engine.model());
        assertThat(facts.details()).isEqualTo(engine.details());
        assertThat(facts.memory().plan()).isEqualTo(engine.stats().memory());
        assertThat(facts.parameters().topK()).isEqualTo(7);
        assertThat(facts.parameters().temperature()).isEqualTo(0.6f);
        assertThat(facts.parameters().seed()).as("to the last digit").isEqualTo("9223372036854775807");
        assertThat(facts.format()).isEqualTo(new PlaygroundFormat(Kind.GRAMMAR, "root ::= \"no\""));
    }

    @Test
    void memoryIsWhatWasPlannedAndWhatIsUsed() {
        MemoryUse memory = service.memory(DEFAULT);

        assertThat(memory.plannedStateBytes()).isEqualTo(memory.plan().sequences() * memory.plan().sequenceBytes());
        assertThat(memory.plannedHeapBytes()).isEqualTo(memory.plan().heapBytes());
        assertThat(memory.heapBytes()).isPositive();
        assertThat(memory.stateBytes()).isBetween(0L, memory.plannedStateBytes());
    }

    @Test
    void aModelThatIsNotOpenIsRefusedByName() {
        assertThatIllegalArgumentException().isThrownBy(() -> service.details("other"))
                .withMessage("There is no open model \"other\", expected one of [default]");
        assertThatIllegalArgumentException().isThrownBy(() -> service.memory("other"));
        service.activity("other").subscribe().withSubscriber(AssertSubscriber.create(1))
                .awaitFailure(PATIENCE).assertFailedWith(IllegalArgumentException.class, "no open model");
        service.generate("other", CAPITAL, parameters(Map.of()), TEXT).subscribe()
                .withSubscriber(AssertSubscriber.create(1))
                .awaitFailure(PATIENCE).assertFailedWith(IllegalArgumentException.class, "no open model");
    }

    @Test
    void activityComesOnceASecondUntilNobodyListens() throws Exception {
        AssertSubscriber<Activity> activity = service.activity(DEFAULT).subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        long before = System.nanoTime();
        awaitItems(1, activity);
        assertThat(answer(CAPITAL, TEXT)).isNotEmpty();
        int answered = activity.getItems().size();
        awaitItems(answered + 2, activity);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1500));
        activity.cancel();

        Activity first = activity.getItems().getFirst();
        Activity last = activity.getItems().getLast();
        assertThat(first.rates()).as("nothing to compare with").isNull();
        assertThat(last.health().running()).isTrue();
        assertThat(last.stats().outputTokens()).isGreaterThan(first.stats().outputTokens());
        assertThat(activity.getItems()).extracting(Activity::rates).filteredOn(Objects::nonNull)
                .anyMatch(rates -> rates.outputTokens() > 0 && rates.firstTokenMillis() != null);
        assertThat(activity.getItems()).noneMatch(Activity::last);
    }

    @Test
    void activityEndsWithTheApplication() throws Exception {
        KimiLinearJsonRpcService closing = service(engine);
        AssertSubscriber<Activity> activity = closing.activity(DEFAULT).subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        awaitItems(1, activity);
        closing.close();
        activity.awaitCompletion(PATIENCE);
    }

    @Test
    void theLastSampleOfAStreamSaysSo() {
        ActivityFeed feed = new ActivityFeed(engine, 2);
        assertThat(feed.next().last()).isFalse();
        assertThat(feed.next().last()).isTrue();
    }

    @Test
    void whatExpertsDidIsSaidEveryOtherTimeAndAddsUp() {
        ActivityFeed feed = new ActivityFeed(engine, 100);
        Map<Integer, long[]> sums = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            assertThat(answer(chat("What is " + i + " + 1?"), TEXT)).isNotEmpty();
            List<ExpertLoad.Layer> experts = feed.next().experts();
            assertThat(i % 2 == 0 || experts == null).isTrue();
            if (experts != null) {
                experts.forEach(layer -> sums.merge(layer.layer(), layer.tokens(), KimiLinearJsonRpcServiceTest::sum));
            }
        }
        List<ExpertLoad.Layer> rest = feed.next().experts();
        if (rest != null) {
            rest.forEach(layer -> sums.merge(layer.layer(), layer.tokens(), KimiLinearJsonRpcServiceTest::sum));
        }
        feed.next();
        assertThat(feed.next().experts()).as("nothing happened meanwhile").isNull();
        for (ExpertLoad.Layer layer : engine.expertLoad().layers()) {
            assertThat(sums.get(layer.layer())).isEqualTo(layer.tokens());
        }
    }

    private static long[] sum(long[] a, long[] b) {
        long[] sum = new long[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    @Test
    void aConversationIsRenderedTokenByToken() {
        Rendering rendering = service.render(DEFAULT,
                new Prompt.Chat(List.of(ChatTurn.system("Be brief."), ChatTurn.user("Hello <|im_end|>")), List.of()));

        assertThat(rendering.error()).isNull();
        assertThat(rendering.tokens()).hasSize(engine.countTokens(
                new Prompt.Chat(List.of(ChatTurn.system("Be brief."), ChatTurn.user("Hello <|im_end|>")), List.of())));
        assertThat(rendering.tokens()).filteredOn(RenderedPrompt.Token::control).extracting(RenderedPrompt.Token::text)
                .contains("<|im_system|>", "<|im_user|>", "<|im_assistant|>");
        assertThat(rendering.tokens()).filteredOn(token -> !token.control())
                .extracting(RenderedPrompt.Token::text).asString().as("what a user writes is text").contains("im");
    }

    @Test
    void aConversationThatCannotBeRenderedIsAnAnswerAndNotAFailure() {
        Rendering rendering = service.render(DEFAULT,
                new Prompt.Chat(CAPITAL.turns(), List.of(new ToolSpec("f", null, "not JSON"))));
        assertThat(rendering.tokens()).isNull();
        assertThat(rendering.error()).contains("JSON");
        assertThat(service.render("other", CAPITAL).error()).contains("no open model");
    }

    @Test
    void anAnswerIsAStreamOfTokensAndTextAndEndsWithItsFacts() {
        List<PlaygroundEvent> events = events(generate(CAPITAL, greedy("alternatives", 3), TEXT));

        assertThat(text(events)).isEqualTo("The capital of France is Paris.");
        assertThat(events.getFirst().started().promptTokens()).isEqualTo(engine.countTokens(CAPITAL));
        End end = events.getLast().end();
        assertThat(end.reason()).isEqualTo("STOP");
        assertThat(end.promptTokens()).isEqualTo(engine.countTokens(CAPITAL));
        assertThat(end.restoredTokens()).isBetween(0, end.promptTokens());
        assertThat(end.firstTokenMillis()).isBetween(0L, end.millis());
        assertThat(end.tokensPerSecond()).isPositive();
        List<TokenChoice> tokens = events.stream().map(PlaygroundEvent::token).filter(Objects::nonNull).toList();
        assertThat(tokens).as("and the one that ends it").hasSize(end.outputTokens() + 1);
        assertThat(tokens).allSatisfy(token -> {
            assertThat(token.probability()).isBetween(0.0, 1.0);
            assertThat(token.alternatives()).hasSizeLessThanOrEqualTo(3);
        });
        assertThat(String.join("", tokens.stream().map(TokenChoice::text).toList())).startsWith(text(events));
        assertThat(service.stop(events.getFirst().started().id())).as("there is nothing left to stop").isFalse();
    }

    @Test
    void anAnswerHasTheFormThatIsAskedFor() {
        assertThat(answer(CAPITAL, new PlaygroundFormat(Kind.GRAMMAR, "root ::= \"yes\" | \"no\""))).isIn("yes", "no");
        assertThat(answer(CAPITAL, new PlaygroundFormat(Kind.JSON_SCHEMA, "{\"enum\": [17, 18]}"))).isIn("17", "18");
        assertThat(text(events(generate(CAPITAL, greedy("maxOutputTokens", 5), new PlaygroundFormat(Kind.JSON_OBJECT, "")))))
                .startsWith("{");
    }

    @Test
    void parametersAreThoseOfThePage() {
        List<PlaygroundEvent> events = events(generate(CAPITAL, greedy("maxOutputTokens", 2), TEXT));
        assertThat(events.getLast().end().reason()).isEqualTo("LENGTH");
        assertThat(events.getLast().end().outputTokens()).isEqualTo(2);

        assertThat(text(events(generate(CAPITAL, greedy("stop", List.of(" of")), TEXT)))).isEqualTo("The capital");
    }

    @Test
    void aStoppedAnswerSaysHowFarItCame() throws Exception {
        AssertSubscriber<PlaygroundEvent> events = generate(CAPITAL, greedy("ignoreEndOfGeneration", true), TEXT).subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        String id = startedId(events);
        awaitItems(10, events);
        assertThat(service.stop(id)).isTrue();
        events.awaitCompletion(PATIENCE);

        End end = events.getLastItem().end();
        assertThat(end.reason()).isEqualTo(End.STOPPED);
        assertThat(end.outputTokens()).isPositive();
        assertThat(service.stop(id)).isFalse();
        assertThat(service.stop("no such id")).isFalse();
    }

    @Test
    void cancellingTheStreamStopsTheGeneration() throws Exception {
        AssertSubscriber<PlaygroundEvent> events = generate(CAPITAL, greedy("ignoreEndOfGeneration", true), TEXT).subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        String id = startedId(events);
        long cancelled = engine.stats().cancelled();
        events.cancel();
        await(() -> engine.stats().active() == 0 && engine.stats().cancelled() > cancelled);
        assertThat(service.stop(id)).isFalse();
    }

    @Test
    void aPageThatTakesNothingEndsTheGenerationAndHoldsUpNobody() throws Exception {
        int most = 30;
        long cancelled = engine.stats().cancelled();
        GenerationRequest endless = GenerationRequest.of(CAPITAL).withIgnoreEndOfGeneration(true).withAlternatives(1);
        AssertSubscriber<PlaygroundEvent> events = PlaygroundAnswer
                .stream(engine, () -> endless, new ConcurrentHashMap<>(), most).subscribe()
                .withSubscriber(AssertSubscriber.create(1));
        startedId(events);
        assertThat(answer(CAPITAL, TEXT)).as("others are served meanwhile").isEqualTo("The capital of France is Paris.");
        await(() -> engine.stats().cancelled() > cancelled);
        assertThat(events.getItems()).hasSize(1);

        events.request(Long.MAX_VALUE);
        events.awaitCompletion(PATIENCE);
        assertThat(events.getItems()).hasSize(1 + most + 1);
        assertThat(events.getLastItem().error()).contains("the page has not taken its last 30 events");
    }

    @Test
    void whatIsWrongWithARequestIsItsOnlyEvent() {
        assertThat(error(generate(CAPITAL, Map.of("temperature", -1), TEXT)))
                .isEqualTo("temperature is -1.0, expected 0 (greedy) or more");
        assertThat(error(generate(CAPITAL, Map.of("seed", "blue"), TEXT))).contains("seed is \"blue\"");
        assertThat(error(generate(CAPITAL, Map.of("alternatives", 1000), TEXT))).contains("alternatives is 1000");
        assertThat(error(generate(CAPITAL, Map.of("toolChoice", "REQUIRED"), TEXT))).contains("the prompt has no tools");
        assertThat(error(generate(CAPITAL, Map.of(), new PlaygroundFormat(Kind.JSON_SCHEMA, "{\"type\": 7}")))).isNotBlank();
        assertThat(error(generate(CAPITAL, Map.of(), new PlaygroundFormat(Kind.GRAMMAR, "root ::= missing")))).isNotBlank();
        assertThat(error(generate(chat("word ".repeat(10_000)), Map.of(), TEXT)))
                .as("the cure").contains("raise quarkus.langchain4j.kimi-linear.chat-model.context-length");
    }

    @Test
    void anEngineThatClosesEndsTheAnswerWithAnError() throws Exception {
        Engine closing = Engine.open(TINY, EngineOptions.defaults());
        KimiLinearJsonRpcService closingService = service(closing);
        AssertSubscriber<PlaygroundEvent> events = closingService
                .generate(DEFAULT, CAPITAL, parameters(greedy("ignoreEndOfGeneration", true)), TEXT).subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
        startedId(events);
        closing.close();
        events.awaitCompletion(PATIENCE);
        assertThat(events.getLastItem().error()).contains("is closed");
        assertThat(error(closingService.generate(DEFAULT, CAPITAL, parameters(Map.of()), TEXT))).contains("is closed");
    }

    @Test
    void nothingIsFetchedForModelsThatWereThere() {
        assertThat(service.downloads()).isEmpty();
        assertThat(service.cancelDownload("hf:someone/large")).isEmpty();
        assertThat(service.retryDownload("hf:someone/large")).isEmpty();
    }
}
