package dev.kimilinear.cli;

import static dev.kimilinear.cli.Run.kimi;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogitsCommandTest {

    private static final String PROMPT = "<|im_user|>user<|im_middle|>What is the capital of France? My name is Anna."
            + "<|im_end|><|im_assistant|>assistant<|im_middle|>";

    @TempDir
    static Path folder;

    static Path model;
    static Path tokensFile;
    static int tokenCount;
    static int rowBytes;
    static byte[] expected;

    @BeforeAll
    static void computeWithOneScalarThread() throws IOException {
        model = Run.tinyModel(folder);
        int[] tokens = Run.tokens(model, PROMPT);
        tokenCount = tokens.length;
        tokensFile = Files.writeString(folder.resolve("tokens.json"), Arrays.toString(tokens));
        expected = logits("0,5,9," + (tokenCount - 1), "--kernels", "scalar", "--threads", "1", "--chunk",
                Integer.toString(tokenCount));
        rowBytes = expected.length / 4;
    }

    @ParameterizedTest
    @CsvSource({ "scalar,1,1", "scalar,3,2", "vector,1,2", "vector,3,1", "vector,1000,1", "vector,1000,3" })
    void kernelsChunksAndThreadsDoNotChangeABit(String kernels, String chunk, String threads) throws IOException {
        assertThat(logits("0,5,9," + (tokenCount - 1), "--kernels", kernels, "--chunk", chunk, "--threads", threads))
                .isEqualTo(expected);
    }

    @Test
    void rowsComeInTheOrderOfThePositionsAsOftenAsAsked() throws IOException {
        byte[] rows = logits("9,0,9");

        assertThat(rows).hasSize(3 * rowBytes);
        assertThat(row(rows, 0)).isEqualTo(row(expected, 2));
        assertThat(row(rows, 1)).isEqualTo(row(expected, 0));
        assertThat(row(rows, 2)).isEqualTo(row(expected, 2));
    }

    @Test
    void theLargestLogitOfTheLastRowIsTheNextGreedyToken() throws IOException {
        float[] last = new float[rowBytes / Float.BYTES];
        ByteBuffer.wrap(row(expected, 3)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(last);
        int largest = 0;
        for (int i = 1; i < last.length; i++) {
            largest = last[i] > last[largest] ? i : largest;
        }

        Run run = kimi("complete", "--model", model.toString(), "--tokens-file", tokensFile.toString(), "--json",
                "--max-tokens", "1", "--ignore-eos");

        assertThat(Run.ids(run.json())).containsExactly(largest);
    }

    @Test
    void aRefusedRunLeavesTheOutputAsItWasAndNothingBesideIt() throws IOException {
        Path place = Files.createDirectory(folder.resolve("refused"));
        Path out = Files.writeString(place.resolve("rows.f32"), "earlier");
        Path badTokens = Files.writeString(folder.resolve("bad.json"), "[1, 2, 1000000]");

        Run run = kimi("logits", "--model", model.toString(), "--tokens-file", badTokens.toString(), "--positions", "0",
                "--out", out.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(out).hasContent("earlier");
        try (Stream<Path> files = Files.list(place)) {
            assertThat(files).containsExactly(out);
        }
    }

    private static byte[] logits(String positions, String... options) throws IOException {
        Path out = Files.createTempDirectory(folder, "run").resolve("rows.f32");
        List<String> arguments = new ArrayList<>(List.of("logits", "--model", model.toString(), "--tokens-file",
                tokensFile.toString(), "--positions", positions, "--out", out.toString()));
        arguments.addAll(List.of(options));
        assertThat(kimi(arguments.toArray(String[]::new))).isEqualTo(new Run(0, "", ""));
        try (Stream<Path> files = Files.list(out.getParent())) {
            assertThat(files).containsExactly(out);
        }
        return Files.readAllBytes(out);
    }

    private static byte[] row(byte[] rows, int index) {
        return Arrays.copyOfRange(rows, index * rowBytes, (index + 1) * rowBytes);
    }
}
