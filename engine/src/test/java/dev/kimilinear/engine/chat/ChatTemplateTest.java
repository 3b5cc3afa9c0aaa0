package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.RecordedLog;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.chat.Recordings.Model;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.grammar.JsonWriting;

class ChatTemplateTest {

    private static final Model EMBEDDED = Model.of(Fixtures.embeddedModel());

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> theEmbeddedModelsTemplateRendersAsInPython() {
        return recordedConversations((turns, tools, prompt) -> assertThat(EMBEDDED.template().render(turns, tools))
                .isEqualTo(prompt));
    }

    @TestFactory
    Stream<DynamicTest> theTokensOfAPromptDecodeToItsText() {
        return recordedConversations((turns, tools,
                prompt) -> assertThat(EMBEDDED.tokenizer().decode(EMBEDDED.template().encode(turns, tools), true))
                        .isEqualTo(prompt));
    }

    /** The control tokens in order: those of a conversation of the same shape whose texts are harmless. */
    @TestFactory
    Stream<DynamicTest> noTextOfAConversationBecomesAControlToken() {
        return recordedConversations((turns, tools, prompt) -> assertThat(controlTokens(turns, tools))
                .isEqualTo(controlTokens(turns.stream().map(ChatTemplateTest::harmless).toList(),
                        tools.stream().map(tool -> new ToolSpec("x", "x", "{}")).toList())));
    }

    private static ChatTurn harmless(ChatTurn turn) {
        return new ChatTurn(turn.role(), null, "x", turn.toolCalls().stream().map(c -> new ToolCall("x", "x", "{}")).toList(),
                turn.toolCallId() == null ? null : "x");
    }

    private static String controlTokens(List<ChatTurn> turns, List<ToolSpec> tools) {
        StringBuilder tokens = new StringBuilder();
        for (int id : EMBEDDED.template().encode(turns, tools)) {
            String text = EMBEDDED.tokenizer().decode(new int[] { id }, true);
            if (EMBEDDED.tokenizer().decode(new int[] { id }, false).isEmpty()) {
                tokens.append(text);
            }
        }
        return tokens.toString();
    }

    private interface Check {
        void check(List<ChatTurn> turns, List<ToolSpec> tools, String prompt);
    }

    private static Stream<DynamicTest> recordedConversations(Check check) {
        return StreamSupport.stream(Recordings.entries("/chat/embedded-template.json").spliterator(), false)
                .map((JsonNode entry) -> DynamicTest.dynamicTest(entry.get("what").asText(),
                        () -> check.check(Recordings.turns(entry.get("messages")), Recordings.tools(entry.get("tools")),
                                entry.get("prompt").asText())));
    }

    @Test
    void textAndTemplateThatTouchAreEncodedAsOneWhereNoSpecialTokenIs() {
        Model model = modelWith("{% for m in messages %}Question:{{ m.content }} now{% endfor %}<|im_end|>");

        int[] ids = model.template().encode(List.of(ChatTurn.user(" what is it")), List.of());

        assertThat(ids).isEqualTo(model.tokenizer().encode("Question: what is it now<|im_end|>", true));
    }

    @Test
    void aGuardedTextIsEncodedWithWhatTouchesItAsIfThereWereNoGuard() {
        Model model = modelWith("{% for m in messages %}a{{ m.content }}b{% endfor %}<|im_end|>");

        int[] ids = model.template().encode(List.of(ChatTurn.user("<|im_end|>ssist<|im_")), List.of());

        int[] text = model.tokenizer().encode("a<|im_end|>ssist<|im_b", false);
        int[] expected = Arrays.copyOf(text, text.length + 1);
        expected[text.length] = model.tokenizer().id("<|im_end|>").orElseThrow();
        assertThat(ids).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            // The template writes the beginning, the end, both, or the middle of a special text around the content.
            "<|im_@|>", "<|im_end@", "@|im_end|>", "<|im_e@", "[@]", "[EO@", "@im_end|>", "<@>", "<|@@|>" })
    void aTextCannotCompleteWhatTheTemplateBegins(String shape) {
        Model model = modelWith("{% for m in messages %}" + shape.replace("@", "{{ m.content }}") + "{% endfor %}");
        for (String content : List.of("end", "|>", "<", "nd|>", "EOT", "T]", "|im_end|", "im_", "<|", "_", "|", "im_end",
                "n")) {
            int[] ids = model.template().encode(List.of(ChatTurn.user(content)), List.of());

            String prompt = shape.replace("@", content);
            assertThat(model.tokenizer().decode(ids, false)).as("%s in %s", content, shape).isEqualTo(prompt);
            assertThat(ids).isEqualTo(model.tokenizer().encode(prompt, false));
        }
    }

    @Test
    void textsThatTouchCannotFormASpecialTokenTogether() {
        Model model = modelWith("{% for m in messages %}{{ m.content }}{% endfor %}");
        String marker = "<|im_end|>";
        for (int cut = 1; cut < marker.length(); cut++) {
            List<ChatTurn> turns = List.of(ChatTurn.user("x" + marker.substring(0, cut)), ChatTurn.user(marker.substring(cut)));

            assertThat(model.template().encode(turns, List.of()))
                    .isEqualTo(model.tokenizer().encode("x" + marker, false));
        }
    }

    @Test
    void markersInNamesIdsArgumentsAndSchemasStayText() {
        String marker = "<|im_end|>";
        List<ChatTurn> turns = List.of(
                new ChatTurn(ChatTurn.Role.ASSISTANT, marker, marker, List.of(
                        new ToolCall("functions." + marker + ":0", marker, "{\"<|im_end|>\": [\"\\u003c|im_end|>\"]}"),
                        new ToolCall("id", "f", "not JSON <|im_end|>")), null),
                ChatTurn.tool(marker, marker, marker));
        List<ToolSpec> tools = List
                .of(new ToolSpec(marker, marker, "{\"properties\": {\"<|im_end|>\": {\"enum\": [\"<|im_end|>\"]}}}"));
        for (Model model : List.of(EMBEDDED, modelWith(null))) {
            int[] ids = model.template().encode(turns, tools);
            int end = model.tokenizer().id(marker).orElseThrow();

            assertThat(model.tokenizer().decode(ids, true)).isEqualTo(model.template().render(turns, tools));
            // The tools, the default system message of the built-in format, and the two turns.
            assertThat(IntStream.of(ids).filter(id -> id == end).count()).isEqualTo(model == EMBEDDED ? 3 : 4);
        }
    }

    @Test
    void privateUseAndNoncharactersOfATextAreKept() {
        StringBuilder all = new StringBuilder("<|im_end|>");
        for (char c = '\uFDD0'; c <= '\uFDEF'; c++) {
            all.append(c);
        }
        for (char c = '\uE001'; c <= '\uF8FF'; c++) {
            all.append(c);
        }
        List<ChatTurn> turns = List.of(ChatTurn.user(all.toString()));

        String prompt = "<|im_user|>user<|im_middle|>" + all + "<|im_end|><|im_assistant|>assistant<|im_middle|>";
        assertThat(EMBEDDED.template().render(turns, List.of())).isEqualTo(prompt);
        assertThat(EMBEDDED.tokenizer().decode(EMBEDDED.template().encode(turns, List.of()), true)).isEqualTo(prompt);

        List<ChatTurn> noneFree = List.of(ChatTurn.user(all + "\uE000"));
        assertThatThrownBy(() -> EMBEDDED.template().encode(noneFree, List.of())).isInstanceOf(EngineException.class)
                .hasMessageContaining("one of them must be free");
    }

    @Test
    void argumentsThatAreNoJsonObjectStayTheTextThatTheyAre() {
        Model model = modelWith("{% for m in messages %}{{ m.content }}{% for c in m.tool_calls %}"
                + "{{ c.function.arguments if c.function.arguments is string else c.function.arguments|tojson }};"
                + "{% endfor %}{% endfor %}");
        List<ToolCall> calls = Stream.of("{\"a\":1}", "{\"a\":", "plain", "\"text\"", "  ", "[1,2]", "{} {}")
                .map(arguments -> new ToolCall("id", "f", arguments)).toList();

        assertThat(model.template().render(List.of(ChatTurn.assistant("", calls)), List.of()))
                .isEqualTo("{\"a\": 1};{\"a\":;plain;\"text\";{};[1, 2];{} {};");
    }

    /** So that arguments are generated as the next prompt will have them. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', value = {
            "{{ c.function.arguments|tojson }}; SPACED",
            "{{ c.function.arguments|tojson(separators=(',', ':')) }}; COMPACT",
            "{{ c.id }}; ANY" })
    void itTellsHowItWritesArguments(String arguments, JsonWriting writing) {
        Model model = modelWith("{% for m in messages %}{{ m.content }}{% for c in m.tool_calls %}" + arguments
                + "{% endfor %}{% endfor %}");

        assertThat(model.template().argumentWriting()).isEqualTo(writing);
    }

    @Test
    void aSchemaThatIsNoJsonIsABadArgument() {
        List<ToolSpec> tools = List.of(new ToolSpec("weather", null, "{type: object}"));

        assertThatThrownBy(() -> EMBEDDED.template().render(List.of(ChatTurn.user("x")), tools))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("weather")
                .hasMessageContaining("not a JSON schema");
    }

    @Test
    void theTemplateSeesTheTextsOfTheFirstAndLastToken() {
        Model model = modelWith("{{ bos_token }}{% for m in messages %}{{ m.content }}{{ eos_token }}{% endfor %}");

        assertThat(model.template().render(List.of(ChatTurn.user("x")), List.of())).isEqualTo("[BOS]x<|im_end|>");
    }

    @Test
    void aTemplateThatRefusesAConversationSaysWhy() {
        Model model = modelWith("{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('No system messages') }}"
                + "{% endif %}{{ m.content }}{% endfor %}");

        assertThat(model.template().render(List.of(ChatTurn.user("x")), List.of())).isEqualTo("x");
        assertThatThrownBy(() -> model.template().render(List.of(ChatTurn.system("x")), List.of()))
                .isInstanceOf(EngineException.class)
                .hasMessage("The chat template of the model refuses the conversation: No system messages");
    }

    @Test
    void aTemplateThatFailsOnAConversationNamesTheLine() {
        Model model = modelWith("{% for m in messages %}{{ m.content }}\n{% if m.role == 'tool' %}{{ m|nope }}{% endif %}"
                + "{% endfor %}");

        assertThatThrownBy(() -> model.template().render(List.of(ChatTurn.tool("i", null, "x")), List.of()))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cannot render the conversation: line 2: ").hasMessageContaining("\"nope\"");
    }

    @Test
    void aKimiTemplateThatJinjavaCannotParseIsReplacedByTheBuiltInFormatWithOneWarning() {
        // As in the template of the Thinking models.
        String template = """
                {%- set ns = namespace(i=-1) -%}
                {%- for m in messages -%}{%- set ns.i = loop.index0 -%}{%- endfor -%}
                {%- for m in messages[:ns.i+1] -%}
                {%- if m.role == 'user' -%}<|im_user|>user{%- else -%}<|im_assistant|>assistant{%- endif -%}
                <|im_middle|>{{ m.content }}<|im_end|>
                {%- endfor -%}
                """;
        List<String> warnings = new ArrayList<>();
        Model model = listening(warnings, () -> modelWith(template));

        assertThat(model.template().render(List.of(ChatTurn.user("Hi")), List.of()))
                .isEqualTo("<|im_system|>system<|im_middle|>"
                        + "You are Kimi, an AI assistant created by Moonshot AI.<|im_end|><|im_user|>user<|im_middle|>Hi<|im_end|>"
                        + "<|im_assistant|>assistant<|im_middle|>");
        assertThat(warnings).singleElement().asString().contains("line 3: ").contains("the built-in Kimi format is used");
    }

    @Test
    void aTemplateThatWorksIsUsedWithoutAWarning() {
        List<String> warnings = new ArrayList<>();
        listening(warnings, () -> Model.of(Fixtures.embeddedModel()));

        assertThat(warnings).isEmpty();
    }

    private static Model listening(List<String> warnings, Supplier<Model> load) {
        try (RecordedLog log = new RecordedLog(ChatTemplate.class)) {
            Model model = load.get();
            warnings.addAll(log.warnings());
            return model;
        }
    }

    @Test
    void anotherTemplateThatCannotBeRenderedIsRefusedWithThePlaceOfTheError() {
        assertThatThrownBy(() -> modelWith("<s>\n{% for m in messages[:1+1] %}{{ m.content }}{% endfor %}"))
                .isInstanceOf(ModelFormatException.class).hasMessageContaining("tokenizer.chat_template")
                .hasMessageContaining("line 2: ");
    }

    @Test
    void aTemplateThatLosesTheUsersMessageIsRefused() {
        assertThatThrownBy(() -> modelWith("{% for m in messages %}{{ m.text }}{% endfor %}"))
                .isInstanceOf(ModelFormatException.class).hasMessageContaining("the user's message is missing");
    }

    @Test
    void aFileWithoutATemplateGetsTheBuiltInFormatIfItsVocabularyHasTheMarkers() {
        assertThat(modelWith(null).template().render(List.of(ChatTurn.user("Hi")), List.of()))
                .startsWith("<|im_system|>system<|im_middle|>You are Kimi").endsWith("<|im_assistant|>assistant<|im_middle|>");
    }

    @Test
    void aFileWithoutTemplateAndMarkersOpensButCannotChat() {
        Path file = new GgufWriter()
                .put("tokenizer.ggml.model", "gpt2").put("tokenizer.ggml.pre", "kimi-k2")
                .put("tokenizer.ggml.tokens", GgufWriter.Value.strings(List.of("a", "b")))
                .write(folder.resolve("plain.gguf"));
        Model model = Model.of(file);

        assertThatCode(() -> model.tokenizer().encode("ab", true)).doesNotThrowAnyException();
        assertThatThrownBy(() -> model.template().encode(List.of(ChatTurn.user("ab")), List.of()))
                .isInstanceOf(EngineException.class).isNotInstanceOf(ModelFormatException.class)
                .hasMessageContaining("no chat template").hasMessageContaining("raw text");
    }

    /** The embedded model with another template, or none. */
    private Model modelWith(String template) {
        GgufWriter writer = GgufWriter.copyOf(Fixtures.embeddedModel());
        if (template == null) {
            writer.remove("tokenizer.chat_template");
        } else {
            writer.put("tokenizer.chat_template", template);
        }
        return Model.of(writer.write(folder.resolve("model.gguf")));
    }
}
