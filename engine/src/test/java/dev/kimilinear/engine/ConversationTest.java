package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SnapshotMiss;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.SnapshotStats;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.serving.EngineLoop;

/** What of a conversation on the embedded model need not be read again. */
@Timeout(120)
class ConversationTest {

    @TempDir
    Path folder;

    private Engine engine;

    private record Answer(String text, int promptTokens, int restoredTokens, int outputTokens) {
    }

    @BeforeEach
    void open() {
        engine = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults().withCacheDirectory(folder));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void theNextTurnReadsItsOwnWordsOnly() throws Exception {
        List<ChatTurn> turns = new ArrayList<>(List.of(ChatTurn.user("My name is Oskar.")));
        Answer first = ask(turns);
        assertThat(first.restoredTokens()).isZero();
        turns.add(ChatTurn.assistant(first.text()));
        turns.add(ChatTurn.user("What is my name?"));
        Answer second = ask(turns);

        assertThat(second.text()).contains("Oskar");
        assertThat(second.restoredTokens()).isEqualTo(first.promptTokens() + first.outputTokens());
        SnapshotStats stats = engine.stats().snapshots();
        assertThat(stats.requests()).isEqualTo(2);
        assertThat(stats.hits()).isEqualTo(1);
        assertThat(stats.restoredTokens()).isEqualTo(second.restoredTokens());
        assertThat(stats.count()).isEqualTo(4);
        assertThat(stats.bytes()).isPositive().isLessThanOrEqualTo(engine.stats().memory().snapshotBytes());
        assertThat(engine.stats().promptTokens())
                .isEqualTo(first.promptTokens() + second.promptTokens() - second.restoredTokens());
    }

    @Test
    void askingAgainReadsNothing() throws Exception {
        List<ChatTurn> turns = List.of(ChatTurn.user("What is the capital of France?"));
        Answer first = ask(turns);
        Answer again = ask(turns);

        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.restoredTokens()).isEqualTo(first.promptTokens());
        assertThat(engine.stats().promptTokens()).isEqualTo(first.promptTokens());
    }

    /** The first token of the answer may be its end, or all that is wanted. */
    @Test
    void askingAgainCanEndAtOnce() throws Exception {
        GenerationRequest request = request(List.of(ChatTurn.user("Hello!"))).withMaxOutputTokens(1);
        GenerationResult first = engine.submit(request, GenerationListener.silent()).await();

        assertThat(engine.submit(request, GenerationListener.silent()).await()).isEqualTo(first);
        assertThat(engine.stats().active()).isZero();
        assertThat(engine.stats().stateBytes()).isZero();
    }

    @Test
    void anotherSeedDrawsFromTheSamePrompt() throws Exception {
        GenerationRequest request = request(List.of(ChatTurn.user("Tell me something."))).withMaxOutputTokens(30)
                .withIgnoreEndOfGeneration(true);
        List<String> kept = new ArrayList<>();
        List<String> straight = new ArrayList<>();
        try (Engine off = Engine.open(Fixtures.embeddedModel(),
                EngineOptions.defaults().withSnapshots(SnapshotOptions.off()))) {
            for (int seed = 0; seed < 5; seed++) {
                GenerationRequest drawn = request.withSampling(SamplingParams.temperature(2).withSeed(seed));
                kept.add(engine.submit(drawn, GenerationListener.silent()).await().text());
                straight.add(off.submit(drawn, GenerationListener.silent()).await().text());
            }
        }
        assertThat(kept).isEqualTo(straight).doesNotHaveDuplicates();
    }

    @Test
    void aChangedMessageIsReadFromTheOneBeforeIt() throws Exception {
        List<ChatTurn> turns = new ArrayList<>(List.of(ChatTurn.user("My name is Oskar.")));
        Answer first = ask(turns);
        turns.add(ChatTurn.assistant(first.text()));
        turns.add(ChatTurn.user("What is the capital of Spain?"));
        ask(turns);
        turns.set(2, ChatTurn.user("What is my name?"));
        Answer changed = ask(turns);

        assertThat(changed.text()).contains("Oskar");
        assertThat(changed.restoredTokens()).isEqualTo(first.promptTokens() + first.outputTokens());
    }

    @Test
    void afterARestartItGoesOn() throws Exception {
        String story = "The baker sold bread and cake to the people of the town. ".repeat(30);
        List<ChatTurn> turns = new ArrayList<>(List.of(ChatTurn.user(story + "My name is Oskar.")));
        Answer first = ask(turns);
        turns.add(ChatTurn.assistant(first.text()));
        turns.add(ChatTurn.user("What is my name?"));
        assertThat(first.promptTokens()).isGreaterThan(256);
        engine.close();
        open();
        Answer second = ask(turns);

        assertThat(second.restoredTokens()).isEqualTo(first.promptTokens() + first.outputTokens());
        assertThat(engine.stats().snapshots().loaded()).isEqualTo(1);
        try (Engine off = Engine.open(Fixtures.embeddedModel(),
                EngineOptions.defaults().withSnapshots(SnapshotOptions.off()))) {
            assertThat(off.submit(request(turns), GenerationListener.silent()).await().text()).isEqualTo(second.text());
        }
    }

    @Test
    void whyAPromptIsReadAgainIsSaid() throws Exception {
        Logger logger = Logger.getLogger(EngineLoop.class.getName());
        Level before = logger.getLevel();
        logger.setLevel(Level.FINE);
        try (RecordedLog log = new RecordedLog(EngineLoop.class)) {
            String rules = "You are a helpful assistant who answers in one short sentence and knows all capitals of the world."
                    + " You never tell anybody a secret, and you always stay friendly. Today is ";
            Answer first = ask(List.of(ChatTurn.system(rules + "Monday."), ChatTurn.user("Hello!")));
            assertThat(log.records()).isEmpty();
            Answer second = ask(List.of(ChatTurn.system(rules + "Friday."), ChatTurn.user("Hello!")));
            ask(List.of(ChatTurn.system(rules + "Sunday."), ChatTurn.user("Hello!")));

            assertThat(second.restoredTokens()).isZero();
            assertThat(log.records()).as("the third goes on from where both part").hasSize(1);
            LogRecord record = log.records().getFirst();
            assertThat(record.getMessage())
                    .startsWith("A prompt of " + second.promptTokens() + " tokens is read from token 0 on.")
                    .containsSubsequence(" where it has \"", "Friday.", " in place of \"", "Monday.", "after \"", "Today is");
            assertThat(engine.stats().snapshots().divergences()).isEqualTo(1);
            assertThat(engine.stats().snapshots().hits()).isEqualTo(1);
        } finally {
            logger.setLevel(before);
        }
    }

    @Test
    void promptsThatAreReadAgainAreKeptWithTheirReasons() throws Exception {
        String rules = "You are a helpful assistant who answers in one short sentence and knows all capitals of the world."
                + " You never tell anybody a secret, and you always stay friendly. Today is ";
        Instant before = Instant.now();
        ask(List.of(ChatTurn.system(rules + "Monday."), ChatTurn.user("Hello!")));
        assertThat(engine.misses()).isEmpty();
        Answer second = ask(List.of(ChatTurn.system(rules + "Friday."), ChatTurn.user("Hello!")));
        ask(List.of(ChatTurn.system(rules + "Friday."), ChatTurn.user("Hello!")));
        String story = "Hello, I have read about the bread of the baker, and about the cake that the people of the town do not"
                + " want. ";
        Answer other = ask(List.of(ChatTurn.system(rules + "Friday."), ChatTurn.user(story + "What else is there to be had?")));
        ask(List.of(ChatTurn.system(rules + "Friday."), ChatTurn.user(story + "Why?")));

        List<SnapshotMiss> misses = engine.misses();
        assertThat(misses).hasSize(2);
        SnapshotMiss first = misses.getLast();
        assertThat(first.explanation()).contains("Friday.").contains("in place of").contains("Monday.");
        assertThat(first.promptTokens()).isEqualTo(second.promptTokens());
        assertThat(first.restoredTokens()).isEqualTo(second.restoredTokens()).isZero();
        assertThat(misses.getFirst().explanation()).contains("Why?").contains("What else");
        assertThat(misses.getFirst().restoredTokens()).isEqualTo(other.restoredTokens()).isPositive();
        assertThat(misses).isSortedAccordingTo(Comparator.comparing(SnapshotMiss::time).reversed());
        assertThat(first.time()).isBetween(before, Instant.now());
    }

    @Test
    void whatWasRestoredIsAPartOfWhatIsDone() throws Exception {
        List<ChatTurn> turns = new ArrayList<>(List.of(ChatTurn.user("My name is Oskar.")));
        Answer first = ask(turns);
        turns.add(ChatTurn.assistant(first.text()));
        turns.add(ChatTurn.user("What is my name?"));
        List<RequestActivity> heard = new ArrayList<>();

        Generation generation = engine.submit(request(turns).withAlternatives(1),
                tokens(choice -> heard.addAll(engine.activity())));
        generation.await();

        assertThat(heard).isNotEmpty().allSatisfy(activity -> {
            assertThat(activity.id()).isEqualTo(generation.id());
            assertThat(activity.restoredTokens()).isEqualTo(first.promptTokens() + first.outputTokens());
            assertThat(activity.readTokens()).isEqualTo(activity.promptTokens()).isEqualTo(generation.promptTokens());
        });
    }

    /** Its logits are those of the snapshot. */
    @Test
    void theFirstTokenComesWithItsAlternativesAlsoWhereNothingIsRead() throws Exception {
        GenerationRequest request = request(List.of(ChatTurn.user("What is the capital of France?"))).withAlternatives(4);
        List<TokenChoice> choices = choices(request);

        assertThat(choices(request)).isEqualTo(choices).hasSizeGreaterThan(3);
        assertThat(engine.stats().snapshots().hits()).isEqualTo(1);
    }

    private List<TokenChoice> choices(GenerationRequest request) throws InterruptedException {
        List<TokenChoice> choices = new ArrayList<>();
        engine.submit(request, tokens(choices::add)).await();
        return choices;
    }

    private static GenerationListener tokens(Consumer<TokenChoice> onToken) {
        return new GenerationListener() {
            @Override
            public void onToken(TokenChoice choice) {
                onToken.accept(choice);
            }

            @Override
            public void onText(String text) {
            }

            @Override
            public void onComplete(GenerationResult result) {
            }

            @Override
            public void onError(Throwable error) {
            }
        };
    }

    @Test
    void whatWasPreparedIsNotReadAgain() throws Exception {
        String rules = "You are a helpful assistant. Answer in one short sentence and stay friendly to everybody who asks. "
                .repeat(2);
        List<ChatTurn> conversation = List.of(ChatTurn.system(rules), ChatTurn.user("Hello!"));
        engine.prepare(List.of(ChatTurn.system(rules), ChatTurn.user("")), List.of());
        awaitSnapshots(engine, 1);
        Answer first = ask(conversation);

        // What follows are the message, its end, and the beginning of the answer.
        assertThat(first.promptTokens() - first.restoredTokens()).isBetween(4, 8);
        assertThat(engine.stats().promptTokens()).as("nobody asked for what was prepared")
                .isEqualTo(first.promptTokens() - first.restoredTokens());
        engine.close();
        open();
        engine.prepare(List.of(ChatTurn.system(rules), ChatTurn.user("")), List.of());
        awaitSnapshots(engine, 1);
        assertThat(engine.stats().snapshots().loaded()).as("however short it is").isEqualTo(1);
        assertThat(ask(conversation)).isEqualTo(first);
    }

    /** A template with a variable in it, of which no more is known than what stands before that. */
    @Test
    void aSystemMessageThatGoesOnIsPreparedSoFar() throws Exception {
        String rules = "You are a helpful assistant who answers in one short sentence and knows all capitals of the world."
                + " You never tell anybody a secret, and you always stay friendly. Today is ";
        engine.prepare(List.of(ChatTurn.system(rules)), List.of());
        awaitSnapshots(engine, 1);
        for (String day : List.of("Monday", "2026-11-28", "\u661f\u671f\u516d", "a day", "")) {
            Answer answer = ask(List.of(ChatTurn.system(rules + day + "."), ChatTurn.user("Hello!")));
            assertThat(answer.restoredTokens()).as(day).isGreaterThan(32);
        }
    }

    @Test
    void aRequestDoesNotWaitForWhatIsPreparedAndGoesOnFromIt() throws Exception {
        String rules = "The baker sold bread and cake to the people of the town. ".repeat(100);
        engine.prepare(List.of(ChatTurn.system(rules), ChatTurn.user("")), List.of());
        Thread.sleep(150);
        Answer other = ask(List.of(ChatTurn.user("Hello!")));
        Answer first = ask(List.of(ChatTurn.system(rules), ChatTurn.user("Hello!")));

        assertThat(other.text()).isNotEmpty();
        try (Engine off = Engine.open(Fixtures.embeddedModel(),
                EngineOptions.defaults().withSnapshots(SnapshotOptions.off()))) {
            off.prepare(List.of(ChatTurn.system(rules), ChatTurn.user("")), List.of());
            assertThat(
                    off.submit(request(List.of(ChatTurn.system(rules), ChatTurn.user("Hello!"))), GenerationListener.silent())
                            .await().text())
                    .isEqualTo(first.text());
        }
    }

    private static void awaitSnapshots(Engine engine, int count) throws InterruptedException {
        while (engine.stats().snapshots().count() < count) {
            Thread.sleep(1);
        }
    }

    private Answer ask(List<ChatTurn> turns) throws InterruptedException {
        Generation generation = engine.submit(request(turns), GenerationListener.silent());
        GenerationResult result = generation.await();
        return new Answer(result.text(), generation.promptTokens(), generation.restoredTokens(),
                result.usage().outputTokens());
    }

    private static GenerationRequest request(List<ChatTurn> turns) {
        return GenerationRequest.of(new Prompt.Chat(turns, List.of()));
    }
}
