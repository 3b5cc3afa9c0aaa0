package dev.kimilinear.engine.chat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** Recorded conversations in OpenAI's shape, as this engine takes them. */
final class Recordings {

    static final ObjectMapper JSON = new ObjectMapper();

    /** What a model file gives to a chat. */
    record Model(Tokenizer tokenizer, ChatTemplate template) {

        static Model of(Path file) {
            try (GgufFile gguf = GgufFile.open(file)) {
                Tokenizer tokenizer = Tokenizer.of(gguf.metadata());
                return new Model(tokenizer, ChatTemplate.of(gguf.metadata(), tokenizer));
            }
        }
    }

    private Recordings() {
    }

    /** The entries of a file of this project. */
    static JsonNode entries(String resource) {
        try (InputStream in = Recordings.class.getResourceAsStream(resource)) {
            return JSON.readTree(in).get("entries");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<ChatTurn> turns(JsonNode messages) {
        List<ChatTurn> turns = new ArrayList<>();
        for (JsonNode message : messages) {
            List<ToolCall> calls = new ArrayList<>();
            for (JsonNode call : message.path("tool_calls")) {
                JsonNode arguments = call.get("function").get("arguments");
                calls.add(new ToolCall(call.get("id").asText(), call.get("function").get("name").asText(),
                        arguments.isTextual() ? arguments.asText() : arguments.toString()));
            }
            turns.add(new ChatTurn(ChatTurn.Role.valueOf(message.get("role").asText().toUpperCase()),
                    message.path("name").asText(null), content(message.get("content")), calls,
                    message.path("tool_call_id").asText(null)));
        }
        return turns;
    }

    /** A text, or the texts of a list of parts. */
    private static String content(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.get("text").asText());
        }
        return text.toString();
    }

    static List<ToolSpec> tools(JsonNode tools) {
        List<ToolSpec> specs = new ArrayList<>();
        for (JsonNode tool : tools) {
            JsonNode function = tool.get("function");
            specs.add(new ToolSpec(function.get("name").asText(), function.path("description").asText(null),
                    function.get("parameters").toString()));
        }
        return specs;
    }
}
