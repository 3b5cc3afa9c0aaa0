package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.kimilinear.sample.EventStream.Event;
import io.quarkus.test.junit.QuarkusTest;

/** A streamed answer with two calls of a tool in it. */
@QuarkusTest
class WeatherTest {

    private static final String QUESTION = "What is the weather in Oslo and in Rome?";

    @Test
    void callsArriveInPiecesThenTheirResultsThenTheAnswer() throws Exception {
        List<Event> events = ask(QUESTION);

        assertThat(events).extracting(Event::name).containsSubsequence("call-piece", "call", "call", "message", "done");
        assertThat(of("call", events)).extracting(call -> call.data().path("arguments").asText())
                .containsExactly("{\"city\": \"Oslo\"}", "{\"city\": \"Rome\"}");
        assertThat(of("call", events)).extracting(call -> call.data().path("result").asText())
                .as("in JSON, as the model reads it")
                .containsExactly("\"" + new Weather().weather("Oslo") + "\"", "\"" + new Weather().weather("Rome") + "\"");
        // What it makes of two results is beyond the embedded model now and then.
        assertThat(of("message", events).stream().map(Event::text).collect(Collectors.joining())).isNotBlank();
    }

    @Test
    void thePiecesOfACallAreItsArguments() throws Exception {
        List<Event> events = ask(QUESTION);

        Map<String, String> written = of("call-piece", events).stream().collect(Collectors.groupingBy(
                piece -> piece.data().path("id").asText(),
                Collectors.mapping(piece -> piece.data().path("arguments").asText(), Collectors.joining())));
        Map<String, String> carriedOut = of("call", events).stream().collect(Collectors.toMap(
                call -> call.data().path("id").asText(), call -> call.data().path("arguments").asText()));
        assertThat(written).hasSize(2).isEqualTo(carriedOut).containsOnlyKeys("functions.weather:0", "functions.weather:1");
        assertThat(of("call-piece", events)).hasSizeGreaterThan(4);
    }

    private static List<Event> ask(String question) throws Exception {
        try (EventStream stream = EventStream.post("/api/weather", "text/plain", question)) {
            return stream.rest();
        }
    }

    private static List<Event> of(String name, List<Event> events) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }
}
