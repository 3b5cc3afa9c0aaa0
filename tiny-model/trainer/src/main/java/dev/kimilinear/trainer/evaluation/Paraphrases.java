package dev.kimilinear.trainer.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.evaluation.Answering.Question;

/**
 * Conversations that people wrote without knowing the generator's wordings, a hundred in each set. An answer counts if it says
 * what matters, in whatever words: a pattern must be found in it, or the expected calls must be made.
 */
public final class Paraphrases {

    private static final int SHORT = 12;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String FILE = "/dev/kimilinear/trainer/evaluation/paraphrases-%s.json";
    private static final Pattern CALL = Pattern
            .compile("<\\|tool_call_begin\\|>functions\\.(.*?):\\d+<\\|tool_call_argument_begin\\|>(.*?)<\\|tool_call_end\\|>");

    /**
     * One conversation.
     *
     * @param expect must be found in the answer; null where calls are expected
     * @param reject must not be found in it; or null
     * @param calls the expected calls, name and arguments; null where a text is expected
     */
    public record Paraphrase(String id, String skill, Question question, Pattern expect, Pattern reject,
            List<JsonNode> calls) {

        /** Whether an answer says what matters. */
        public boolean accepts(String answer) {
            List<JsonNode> made = callsOf(answer);
            if (calls != null) {
                return made != null && made.equals(calls);
            }
            return made != null && made.isEmpty() && expect.matcher(answer).find()
                    && (reject == null || !reject.matcher(answer).find());
        }
    }

    /** A set of conversations. */
    public enum Set {
        /** What the data was improved by: its questions and the model's answers may be read. */
        DEVELOPMENT,
        /** What a model is judged by. Whoever reads it and then changes the data no longer has a test. */
        BLIND;

        private String file() {
            return String.format(Locale.ROOT, FILE, name().toLowerCase(Locale.ROOT));
        }
    }

    private Paraphrases() {
    }

    /**
     * The last messages of all sets, as {@link DialogueGenerator#plain} has them: not for training. Short ones are left out,
     * which several people would say in exactly these words.
     */
    public static Collection<String> messages() {
        Collection<String> messages = new HashSet<>();
        for (Set set : Set.values()) {
            for (Paraphrase paraphrase : of(set)) {
                messages.add(DialogueGenerator.plain(paraphrase.question().turns().getLast().content()));
            }
        }
        messages.removeIf(message -> message.length() < SHORT);
        return messages;
    }

    /** The conversations of a set. */
    public static List<Paraphrase> of(Set set) {
        try (InputStream in = Paraphrases.class.getResourceAsStream(set.file())) {
            List<Paraphrase> all = new ArrayList<>();
            for (JsonNode node : MAPPER.readTree(in)) {
                all.add(new Paraphrase(node.get("id").asText(), node.get("skill").asText(), question(node),
                        pattern(node.get("expect")), pattern(node.get("reject")),
                        node.has("expectCalls") ? List.copyOf(elements(node.get("expectCalls"))) : null));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Question question(JsonNode node) {
        List<ToolSpec> tools = new ArrayList<>();
        for (JsonNode tool : node.path("tools")) {
            tools.add(new ToolSpec(tool.get("name").asText(), tool.path("description").asText(null),
                    tool.get("parameters").toString()));
        }
        List<ChatTurn> turns = new ArrayList<>();
        for (JsonNode message : node.get("messages")) {
            String content = message.path("content").asText("");
            turns.add(switch (message.get("role").asText()) {
                case "system" -> ChatTurn.system(content);
                case "user" -> ChatTurn.user(content);
                case "tool" -> ChatTurn.tool(message.get("callId").asText(), null, content);
                default -> ChatTurn.assistant(content, calls(message.path("calls")));
            });
        }
        return new Question(turns, tools);
    }

    private static List<ToolCall> calls(JsonNode nodes) {
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : nodes) {
            calls.add(new ToolCall(call.get("id").asText(), call.get("name").asText(), call.get("arguments").toString()));
        }
        return calls;
    }

    private static Pattern pattern(JsonNode node) {
        return node == null ? null : Pattern.compile(node.asText(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements;
    }

    /** The calls in an answer as {@code {"name": .., "arguments": ..}}; null if arguments are no JSON. */
    private static List<JsonNode> callsOf(String answer) {
        List<JsonNode> calls = new ArrayList<>();
        Matcher call = CALL.matcher(answer);
        while (call.find()) {
            try {
                calls.add(MAPPER.createObjectNode().put("name", call.group(1)).set("arguments",
                        MAPPER.readTree(call.group(2))));
            } catch (JsonProcessingException e) {
                return null;
            }
        }
        return calls;
    }
}
