package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.ToolCall;

class AnswerReaderTest {

    /** What was heard of an answer. */
    private static class Heard implements AnswerListener {

        final StringBuilder text = new StringBuilder();
        final StringBuilder thinking = new StringBuilder();
        final List<ToolCall> begun = new ArrayList<>();
        final List<ToolCall> complete = new ArrayList<>();

        @Override
        public void text(String piece) {
            assertThat(piece).isNotEmpty();
            text.append(piece);
        }

        @Override
        public void thinking(String piece) {
            assertThat(piece).isNotEmpty();
            thinking.append(piece);
        }

        @Override
        public void arguments(int index, String id, String name, String piece) {
            if (piece.isEmpty()) {
                assertThat(index).isEqualTo(begun.size());
                begun.add(new ToolCall(id, name, ""));
            } else {
                assertThat(index).isEqualTo(begun.size() - 1);
                begun.set(index, new ToolCall(id, name, begun.get(index).argumentsJson() + piece));
            }
        }

        @Override
        public void call(int index, ToolCall call) {
            assertThat(index).isEqualTo(complete.size());
            complete.add(call);
        }
    }

    /** The recorded cases of llama.cpp's parser, read whole, character by character, and in random pieces. */
    @Test
    void answersAreReadAsLlamaCppReadsThem() {
        int cases = 0;
        for (JsonNode entry : Recordings.read(Fixtures.project("chat/parse.json"))) {
            String text = entry.get("text").asText();
            Random random = new Random(cases);
            assertCase(entry, List.of(text));
            assertCase(entry, List.of(text.split("")));
            for (int i = 0; i < 20; i++) {
                List<String> pieces = new ArrayList<>();
                for (int from = 0; from < text.length();) {
                    int to = Math.min(text.length(), from + 1 + random.nextInt(12));
                    pieces.add(text.substring(from, to));
                    from = to;
                }
                assertCase(entry, pieces);
            }
            cases++;
        }
        assertThat(cases).isEqualTo(45);
    }

    private static void assertCase(JsonNode entry, List<String> pieces) {
        Set<String> tools = new HashSet<>();
        if (!entry.get("tool_choice").asText().equals("none")) {
            entry.path("tools").forEach(tool -> tools.add(tool.get("function").get("name").asText()));
        }
        Heard heard = new Heard();
        AnswerReader reader = new AnswerReader(tools, entry.get("parallel").asBoolean(),
                entry.get("reasoning").asText().equals("deepseek"), heard);
        JsonNode expected = entry.get("expected");
        if (expected.has("error")) {
            assertThatThrownBy(() -> read(reader, pieces, false)).as(entry.toString()).isInstanceOf(EngineException.class);
            return;
        }
        boolean partial = entry.get("partial").asBoolean();
        if (partial) {
            pieces.forEach(reader::accept);
        } else {
            read(reader, pieces, false);
        }
        assertThat(heard.text.toString()).as(entry.toString()).isEqualTo(expected.path("content").asText());
        assertThat(heard.thinking.toString()).as(entry.toString()).isEqualTo(expected.path("reasoning_content").asText());
        List<ToolCall> calls = partial ? heard.begun : heard.complete;
        assertThat(calls).as(entry.toString()).hasSize(expected.path("tool_calls").size());
        for (int i = 0; i < calls.size(); i++) {
            JsonNode call = expected.get("tool_calls").get(i);
            assertThat(calls.get(i).id()).isEqualTo(call.get("id").asText());
            assertThat(calls.get(i).name()).isEqualTo(call.get("function").get("name").asText());
            String arguments = call.get("function").get("arguments").asText();
            // Of arguments that are not complete llama.cpp adds the brace that must come, and leaves out white space at the end.
            String soFar = calls.get(i).argumentsJson();
            assertThat(partial && soFar.isEmpty() ? "{" : soFar.strip()).isEqualTo(arguments);
        }
    }

    private static void read(AnswerReader reader, List<String> pieces, boolean cut) {
        pieces.forEach(reader::accept);
        reader.finish(cut);
    }

    @Test
    void markersInTheSingularAreUnderstood() {
        Heard heard = read(false, "One moment.<|tool_call_section_begin|> <|tool_call_begin|> functions.ping:4 "
                + "<|tool_call_argument_begin|> {\"a\": \"<|\"} <|tool_call_end|>\n<|tool_call_section_end|>");

        assertThat(heard.text).hasToString("One moment.");
        assertThat(heard.complete).containsExactly(new ToolCall("functions.ping:4", "ping", "{\"a\": \"<|\"}"));
    }

    @Test
    void aCallInsideOfThinkingEndsIt() {
        Heard heard = read(false, "<think>I look.<|tool_call_begin|>functions.ping:0<|tool_call_argument_begin|>{}");

        assertThat(heard.thinking).hasToString("I look.");
        assertThat(heard.complete).containsExactly(new ToolCall("functions.ping:0", "ping", "{}"));
    }

    @Test
    void emptyArgumentsAreOnePiece() {
        List<String> pieces = new ArrayList<>();
        AnswerReader reader = new AnswerReader(Set.of("ping"), true, false, new Heard() {
            @Override
            public void arguments(int index, String id, String name, String piece) {
                pieces.add(piece);
            }
        });
        read(reader, List.of("<|tool_call_begin|>functions.ping:0<|tool_call_argument_begin|>", "{", "}", "<|tool_call_end|>"),
                false);

        assertThat(pieces).containsExactly("", "{}");
    }

    @Test
    void anAnswerThatIsCutOffHasOnlyCompleteCalls() {
        String one = "<|tool_call_begin|>functions.ping:0<|tool_call_argument_begin|>{}<|tool_call_end|>";

        assertThat(read(true, one + "<|tool_call_begin|>functions.pi").complete).hasSize(1);
        assertThat(read(true, one + "<|tool_call_begin|>functions.ping:1<|tool_call_argument_begin|>{\"a\"").complete)
                .hasSize(1);
        assertThat(read(true, "Hello <|tool_call_be").text).hasToString("Hello <|tool_call_be");
        assertThatThrownBy(() -> read(false, one + "<|tool_call_begin|>functions.pi")).isInstanceOf(EngineException.class)
                .hasMessageContaining("ended within a tool call");
    }

    @Test
    void textBehindCallsIsText() {
        Heard heard = read(false,
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.ping:0<|tool_call_argument_begin|>{}"
                        + "<|tool_call_end|><|tool_calls_section_end|> Done.");

        assertThat(heard.complete).hasSize(1);
        assertThat(heard.text).hasToString(" Done.");
    }

    @Test
    void aToolThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> read(false, "<|tool_call_begin|>functions.pong:0<|tool_call_argument_begin|>{}"))
                .isInstanceOf(EngineException.class).hasMessageContaining("\"pong\"").hasMessageContaining("it has ping");
    }

    private static Heard read(boolean cut, String text) {
        Heard heard = new Heard();
        AnswerReader reader = new AnswerReader(Set.of("ping"), true, true, heard);
        read(reader, List.of(text.split("")), cut);
        return heard;
    }
}
