package dev.kimilinear.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ChatTurn.Role;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.chat.ChatTemplate;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.Capitals;
import dev.kimilinear.trainer.evaluation.Paraphrases;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;

/** What holds for every skill, and for the dialogues that are made of them. */
class SkillsTest {

    private static final DialogueGenerator GENERATOR = Recipe.generator();
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int DIALOGUES = 200;
    private static final int MANY = 5000;

    /** Messages of LangChain4j's published conformance tests: such tasks are learned, these texts are not. */
    private static final Set<String> CONFORMANCE = Set.of("what is the capital of germany", "what is the weather in munich",
            "what is the weather in munich and london", "how much is 2+2", "what is 2+2", "say 'hello'",
            "which city is the capital of germany");

    static Stream<Skill> skills() {
        return GENERATOR.skills().stream();
    }

    private static Dialogue dialogue(Skill skill, long seed, Split split) {
        return GENERATOR.writeOne(skill, new Source(seed, split));
    }

    @ParameterizedTest
    @MethodSource("skills")
    void theSameSeedGivesTheSameDialogue(Skill skill) {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(Rendering.text(dialogue(skill, seed, Split.TRAINING)))
                    .isEqualTo(Rendering.text(dialogue(skill, seed, Split.TRAINING)));
        }
    }

    @ParameterizedTest
    @MethodSource("skills")
    void dialoguesAreWellFormed(Skill skill) throws IOException {
        for (Split split : Split.values()) {
            for (long seed = 0; seed < DIALOGUES; seed++) {
                Dialogue dialogue = dialogue(skill, seed, split);
                String text = Rendering.text(dialogue);
                assertThat(text).as(skill.name()).doesNotContain("\uE000", "\uE001", "\uE010", "{0}");
                assertThat(dialogue.messages().getLast().turn().role()).as(text).isEqualTo(Role.ASSISTANT);
                for (Dialogue.Message message : dialogue.messages()) {
                    ChatTurn turn = message.turn();
                    assertThat(turn.content().isEmpty() && turn.toolCalls().isEmpty()).as(text).isFalse();
                    for (var call : turn.toolCalls()) {
                        assertThat(MAPPER.readTree(call.argumentsJson()).isObject()).as(text).isTrue();
                        assertThat(dialogue.tools().stream().map(ToolSpec::name)).as(text).contains(call.name());
                    }
                }
                for (ToolSpec tool : dialogue.tools()) {
                    assertThat(MAPPER.readTree(tool.parametersJsonSchema()).get("type").asText()).isEqualTo("object");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("skills")
    void aSkillIsAskedForInManyWordings(Skill skill) {
        Set<String> first = new HashSet<>();
        for (long seed = 0; seed < DIALOGUES; seed++) {
            for (Dialogue.Message message : dialogue(skill, seed, Split.TRAINING).messages()) {
                if (message.turn().role() == Role.USER) {
                    first.add(message.turn().content());
                    break;
                }
            }
        }
        assertThat(first).as(skill.name()).hasSizeGreaterThan(DIALOGUES * 8 / 10);
    }

    @Test
    void heldOutNamesAndToolsNeverOccurInTraining() {
        String places = String.join(" ", Words.list("countries")) + String.join(" ", Words.list("cities"));
        Set<String> heldOutNames = new TreeSet<>();
        for (String name : Words.list("last-names")) {
            // Short ones are words too, and some are parts of places.
            if (name.length() > 6 && !places.contains(name) && Split.of(name) == Split.HELD_OUT) {
                heldOutNames.add(name);
            }
        }
        Set<String> tools = new HashSet<>();
        Set<String> words = new HashSet<>();
        for (long seed = 0; seed < MANY; seed++) {
            Dialogue dialogue = GENERATOR.write(new Source(seed, Split.TRAINING));
            dialogue.tools().forEach(tool -> tools.add(tool.name()));
            for (String word : Rendering.text(dialogue).split("[^A-Za-z]+")) {
                words.add(word);
            }
        }
        assertThat(words).doesNotContainAnyElementsOf(heldOutNames);
        Set<String> heldOutTools = new HashSet<>();
        for (long seed = 0; seed < MANY; seed++) {
            GENERATOR.write(new Source(seed, Split.HELD_OUT)).tools().forEach(tool -> heldOutTools.add(tool.name()));
        }
        assertThat(tools).isNotEmpty().doesNotContainAnyElementsOf(heldOutTools);
    }

    @Test
    void theCapitalOfEveryCountryIsAskedFor() {
        List<Capitals.Exchange> all = Capitals.ofAllCountries();
        assertThat(all.stream().map(Capitals.Exchange::country)).hasSizeGreaterThanOrEqualTo(195).doesNotHaveDuplicates();
        assertThat(all).contains(new Capitals.Exchange("Netherlands", "What is the capital of the Netherlands?",
                "The capital of the Netherlands is Amsterdam."));
    }

    @Test
    void neitherThePeoplesConversationsNorTheConformanceTestsAreInTraining() {
        Set<String> kept = new HashSet<>(Paraphrases.messages());
        assertThat(kept).hasSizeGreaterThan(150);
        kept.addAll(CONFORMANCE.stream().map(DialogueGenerator::plain).toList());
        Set<String> said = new HashSet<>();
        for (long seed = 0; seed < MANY; seed++) {
            for (Dialogue.Message message : GENERATOR.write(new Source(seed, Split.TRAINING)).messages()) {
                if (message.turn().role() == Role.USER) {
                    said.add(DialogueGenerator.plain(message.turn().content()));
                }
            }
        }
        assertThat(said).doesNotContainAnyElementsOf(kept);
    }

    @Test
    void theRenderingIsThatOfTheTemplateInTheFile(@TempDir Path folder) throws IOException {
        BpeVocabulary vocabulary = new BpeVocabulary(256 + BpeVocabulary.SPECIAL_TOKENS.size(), List.of());
        GgufWriter writer = new GgufWriter();
        vocabulary.putInto(writer);
        writer.put("tokenizer.chat_template", GgufWriter.Value.string(Rendering.TEMPLATE));
        Path file = folder.resolve("template.gguf");
        writer.write(file);
        Tokenizer tokenizer = vocabulary.tokenizer();
        try (GgufFile model = GgufFile.open(file)) {
            ChatTemplate template = ChatTemplate.of(model.metadata(), tokenizer);
            for (long seed = 0; seed < 500; seed++) {
                Dialogue dialogue = GENERATOR.write(new Source(seed, Split.TRAINING));
                List<ChatTurn> turns = dialogue.messages().stream().map(Dialogue.Message::turn).toList();
                assertThat(template.render(turns, dialogue.tools()))
                        .isEqualTo(Rendering.text(dialogue) + "<|im_assistant|>assistant<|im_middle|>");
            }
        }
    }
}
