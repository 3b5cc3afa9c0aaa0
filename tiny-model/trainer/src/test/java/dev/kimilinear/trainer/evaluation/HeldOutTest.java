package dev.kimilinear.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;

class HeldOutTest {

    /** Says twice what it is told. */
    private record Twice(String name) implements Skill {

        @Override
        public void write(Dialogue dialogue, Source source) {
            String word = source.inventedWord();
            dialogue.exactUser(name + " " + word).answer(word + word).exactUser("again").answer(word + word);
        }
    }

    @Test
    void promptsEndWhereTheLastAnswerBegins() throws IOException {
        BpeVocabulary vocabulary = new BpeVocabulary(256 + BpeVocabulary.SPECIAL_TOKENS.size() + 1, List.of());
        Tokenizer tokenizer = vocabulary.tokenizer();
        DialogueGenerator generator = new DialogueGenerator(List.of(new DialogueGenerator.Share(new Twice("one"), 1),
                new DialogueGenerator.Share(new Twice("two"), 1)), message -> false);

        List<int[]> prompts = HeldOut.prompts(generator, tokenizer, 5);

        List<String> texts = prompts.stream().map(prompt -> tokenizer.decode(prompt, true)).toList();
        assertThat(texts).hasSize(5).doesNotHaveDuplicates().allMatch(text -> text
                .endsWith("<|im_user|>user<|im_middle|>again<|im_end|><|im_assistant|>assistant<|im_middle|>"));
        assertThat(texts.subList(0, 3)).allMatch(text -> text.contains("one "));
        assertThat(texts.subList(3, 5)).allMatch(text -> text.contains("two "));
        List<int[]> again = HeldOut.prompts(generator, tokenizer, 5);
        assertThat(IntStream.range(0, 5)).allMatch(i -> Arrays.equals(again.get(i), prompts.get(i)));
    }
}
