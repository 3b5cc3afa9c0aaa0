package dev.kimilinear.cli;

import static dev.kimilinear.cli.Run.ids;
import static dev.kimilinear.cli.Run.kimi;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

class CompleteCommandTest {

    private static final String PROMPT = "<|im_user|>user<|im_middle|>Hello!<|im_end|><|im_assistant|>assistant<|im_middle|>";

    @TempDir
    static Path folder;

    static Path model;
    static Tokenizer tokenizer;

    @BeforeAll
    static void openModel() throws IOException {
        model = Run.tinyModel(folder);
        try (GgufFile file = GgufFile.open(model)) {
            tokenizer = Tokenizer.of(file.metadata());
        }
    }

    @Test
    void theGreedyAnswerIsTheSameEachTimeAndItsTextIsThatOfItsIds() throws IOException {
        JsonNode answer = complete("--prompt", PROMPT, "--json").json();

        assertThat(complete("--prompt", PROMPT, "--json").json()).isEqualTo(answer);
        assertThat(answer.fieldNames()).toIterable().containsExactly("ids", "text", "finish");
        assertThat(answer.get("text").textValue()).isNotBlank().isEqualTo(tokenizer.decode(ids(answer), true));
    }

    @Test
    void theEndTokenStopsAndIsNeitherInTheIdsNorInTheText() throws IOException {
        JsonNode answer = complete("--prompt", PROMPT, "--json").json();

        assertThat(answer.get("finish").textValue()).isEqualTo("stop");
        assertThat(Arrays.stream(ids(answer)).filter(tokenizer::isEndOfGeneration)).isEmpty();
        assertThat(answer.get("text").textValue()).doesNotContain("<|im_end|>");
    }

    @Test
    void ignoreEosGoesOnAfterTheEndTokenAndShowsIt() throws IOException {
        int[] answer = ids(complete("--prompt", PROMPT, "--json").json());
        int more = answer.length + 3;

        JsonNode longer = complete("--prompt", PROMPT, "--json", "--ignore-eos", "--max-tokens", Integer.toString(more))
                .json();

        assertThat(ids(longer)).hasSize(more).startsWith(answer);
        assertThat(tokenizer.isEndOfGeneration(ids(longer)[answer.length])).isTrue();
        assertThat(longer.get("text").textValue()).isEqualTo(tokenizer.decode(ids(longer), true)).contains("<|im_end|>");
        assertThat(longer.get("finish").textValue()).isEqualTo("length");
    }

    @Test
    void theTokenLimitEndsTheAnswerWithLength() throws IOException {
        JsonNode answer = complete("--prompt", PROMPT, "--json", "--max-tokens", "2").json();

        assertThat(ids(answer)).hasSize(2);
        assertThat(answer.get("finish").textValue()).isEqualTo("length");
    }

    @Test
    void tokensFromAFileGiveWhatTheirTextGives() throws IOException {
        Path tokens = Files.writeString(folder.resolve("tokens.json"), Arrays.toString(Run.tokens(model, PROMPT)));

        assertThat(complete("--tokens-file", tokens.toString(), "--json"))
                .isEqualTo(complete("--prompt", PROMPT, "--json"));
    }

    @Test
    void withoutJsonTheTextIsPrintedAndANewline() throws IOException {
        String text = complete("--prompt", PROMPT, "--json").json().get("text").textValue();

        assertThat(complete("--prompt", PROMPT)).isEqualTo(new Run(0, text + "\n", ""));
    }

    @Test
    void theSameSeedDrawsTheSameTokensAndAnotherSeedOthers() throws IOException {
        String[] drawn = { "--prompt", "Once", "--json", "--temperature", "2", "--max-tokens", "20", "--ignore-eos",
                "--seed" };
        Run first = complete(with(drawn, "1"));

        assertThat(complete(with(drawn, "1"))).isEqualTo(first);
        assertThat(ids(complete(with(drawn, "2")).json())).isNotEqualTo(ids(first.json()));
    }

    @Test
    void aPromptMayLookLikeAnOptionOrAnArgumentFile() throws IOException {
        assertThat(ids(complete("--prompt", "--json", "--json", "--max-tokens", "1", "--ignore-eos").json())).hasSize(1);
        assertThat(ids(complete("--prompt", "@none", "--json", "--max-tokens", "1", "--ignore-eos").json())).hasSize(1);
    }

    private static String[] with(String[] options, String last) {
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = last;
        return all;
    }

    private static Run complete(String... options) {
        List<String> arguments = new ArrayList<>(List.of("complete", "--model", model.toString()));
        arguments.addAll(List.of(options));
        return kimi(arguments.toArray(String[]::new));
    }
}
