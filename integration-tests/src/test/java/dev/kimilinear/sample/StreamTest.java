package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.sample.EventStream.Event;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
class StreamTest {

    private static final String STORY = "Once upon a time a little fox found a golden key. "
            + "The key opened a garden full of light. The fox lived there happily.";

    /** Answers that the engine works at together. */
    private static final int PLACES = EngineOptions.DEFAULT_PARALLEL_SEQUENCES;

    /**
     * Where as many streams were stopped as the engine has places, it answers a short question at once; where these go on, only
     * when one of them has filled the context, thousands of tokens later. A tenth of the time that this takes lies far from
     * both, on a slow machine too.
     */
    private static final int AT_ONCE = 10;

    private final Chat chat = new Chat();

    @Test
    void anAnswerArrivesInPieces() throws Exception {
        try (EventStream stream = chat.stream("Tell me a story.")) {
            List<Event> events = stream.rest();
            List<Event> pieces = events.subList(0, events.size() - 1);
            assertThat(pieces).hasSizeGreaterThan(10).allMatch(event -> event.name().equals("message"));
            assertThat(pieces.stream().map(Event::text).collect(Collectors.joining())).isEqualTo(STORY);
            assertThat(events.getLast().name()).isEqualTo("done");
        }
    }

    @Test
    void piecesAreSentWhileTheModelStillWrites() throws Exception {
        long start = System.nanoTime();
        try (EventStream stream = chat.stream(Chat.ENDLESS)) {
            stream.next();
            long first = System.nanoTime() - start;
            stream.rest();
            long all = System.nanoTime() - start;
            assertThat(first).isLessThan(all / 2);
        }
    }

    @Test
    void aStreamedTurnIsRemembered() throws Exception {
        try (EventStream stream = chat.stream("My name is Ben.")) {
            stream.rest();
        }
        assertThat(chat.say("What is the capital of Italy?")).isEqualTo("The capital of Italy is Rome.");
        assertThat(chat.say("What is my name?")).isEqualTo("Your name is Ben.");
    }

    @Test
    void stoppedStreamsMakeRoomAtOnce() throws Exception {
        long whole = timeOf(() -> {
            try (EventStream stream = chat.stream(Chat.ENDLESS)) {
                assertThat(stream.rest()).hasSizeGreaterThan(1000);
            }
        });
        List<EventStream> stopped = new ArrayList<>();
        for (int place = 0; place < PLACES; place++) {
            EventStream stream = new Chat().stream(Chat.ENDLESS);
            stopped.add(stream);
            for (int i = 0; i < 5; i++) {
                assertThat(stream.next().text()).isNotEmpty();
            }
        }
        stopped.forEach(EventStream::close);
        long next = timeOf(() -> assertThat(new Chat().say("What is the capital of France?")).contains("Paris"));
        assertThat(Duration.ofNanos(next)).isLessThan(Duration.ofNanos(whole / AT_ONCE));
    }

    @Test
    void aStreamStoppedWhileItWaitsForItsTurnDoesNotHoldTheEngine() throws Exception {
        long whole = timeOf(() -> {
            try (EventStream stream = chat.stream(Chat.ENDLESS)) {
                stream.rest();
            }
        });
        List<EventStream> running = new ArrayList<>();
        for (int place = 0; place < PLACES; place++) {
            EventStream stream = new Chat().stream(Chat.ENDLESS);
            running.add(stream);
            stream.next();
        }
        try (EventStream waiting = new Chat().stream(Chat.ENDLESS)) {
            Thread.sleep(Duration.ofNanos(whole / 20));
            assertThat(waiting.hasMore()).as("a piece, while all places are taken").isFalse();
        }
        running.forEach(EventStream::close);
        long next = timeOf(() -> assertThat(new Chat().say("What is the capital of France?")).contains("Paris"));
        assertThat(Duration.ofNanos(next)).isLessThan(Duration.ofNanos(whole / AT_ONCE));
    }

    @Test
    void theConversationGoesOnAfterAStop() throws Exception {
        chat.say("My name is Tom.");
        try (EventStream stream = chat.stream("Tell me a story.")) {
            stream.next();
        }
        assertThat(chat.say("What is my name?")).isEqualTo("Your name is Tom.");
    }

    @Test
    void aMessageThatDoesNotFitIsAnErrorEventAndNotAnAnswer() throws Exception {
        try (EventStream stream = chat.stream(ChatTest.bytes(10_240))) {
            List<Event> events = stream.rest();
            assertThat(events).hasSize(1);
            assertThat(events.getFirst().name()).isEqualTo("error");
            assertThat(events.getFirst().data().path("error").asText()).contains("10,102 prompt")
                    .contains("the context is 8,192");
        }
    }

    @Test
    void aMessageThatDoesNotFitIsNotRemembered() throws Exception {
        chat.say("My name is Anna.");
        try (EventStream stream = chat.stream(ChatTest.bytes(10_240))) {
            assertThat(stream.rest()).extracting(Event::name).containsExactly("error");
        }
        assertThat(chat.say("What is my name?")).isEqualTo("Your name is Anna.");
    }

    @Test
    void aBadRequestIsRefusedWithItsStatus() throws Exception {
        try (EventStream stream = chat.stream(" ")) {
            assertThat(stream.status()).isEqualTo(400);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static long timeOf(Action action) throws Exception {
        long start = System.nanoTime();
        action.run();
        return System.nanoTime() - start;
    }
}
