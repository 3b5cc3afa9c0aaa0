package dev.kimilinear.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.benchmarks.TinyModel;

class ContenderProcessTest {

    @TempDir
    Path folder;

    private Path model;
    private ContenderProcess ours;

    @BeforeEach
    void start() throws IOException {
        model = TinyModel.copyTo(folder);
        ours = ContenderProcess.ours(folder);
    }

    @AfterEach
    void end() {
        ours.close();
    }

    @Test
    void aPromptGivesTheSameLogitsInOneGoAndTokenByToken() {
        assertThat(ours.open(model, 2, 1, 512)).containsEntry("threads", "2").containsKey("kernels");

        assertThat(ours.prefillFromEmpty(12, 1, 3)).isPositive();
        float[] prompt = ours.logits();
        ours.reset();
        assertThat(ours.decode(12, 1)).isPositive();

        assertThat(ours.logits()).isEqualTo(prompt);
    }

    @Test
    void runsAtDepthFollowOneAnother() {
        ours.open(model, 1, 1, 512);
        ours.reset();
        ours.prefill(20, 1);
        ours.decode(4, 2);
        float[] deep = ours.logits();
        ours.reset();
        ours.decode(4, 2);

        assertThat(ours.logits()).hasSameSizeAs(deep).isNotEqualTo(deep);
    }

    @Test
    void sequencesTogetherAreEachASequence() {
        try (OurEngine three = OurEngine.open(model, 1, 3); OurEngine one = OurEngine.open(model, 1, 1)) {
            three.decodeTogether(new int[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 });
            one.decode(new int[] { 3, 6, 9, 12 });

            assertThat(three.logits()).as("of the last one").isEqualTo(one.logits());
        }
        ours.open(model, 1, 3, 512);
        assertThat(ours.decodeTogether(12, 1)).isPositive();
        float[] first = ours.logits();
        assertThat(ours.decodeTogether(12, 1)).isPositive();
        assertThat(ours.logits()).as("from empty sequences").isEqualTo(first);
    }

    @Test
    void aPromptIsAnsweredUpToAnEndOrTheLimit() {
        ours.open(model, 1, 1, 512);
        int[] prompt = { 72, 444, 111, 33 };

        int[] answer = ours.answer(prompt, new int[0], 5);
        assertThat(answer).hasSize(5);
        assertThat(ours.answer(prompt, new int[] { answer[2] }, 5)).as("ends with the token that ends it")
                .containsExactly(Arrays.copyOf(answer, 1 + IntStream.range(0, 5).filter(i -> answer[i] == answer[2])
                        .findFirst().orElseThrow()));

        int[] longer = Arrays.copyOf(prompt, 5);
        longer[4] = answer[0];
        assertThat(ours.answer(longer, new int[0], 4)).as("each token follows from those before")
                .containsExactly(Arrays.copyOfRange(answer, 1, 5));
    }

    @Test
    void aTextIsEncoded() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "Hello!");
        ours.loadText(model, text);

        ContenderProcess.Encoded encoded = ours.encode();

        assertThat(encoded.ids()).containsExactly(913, 33);
        assertThat(encoded.seconds()).isPositive();
    }

    @Test
    void aModelIsOpenedAndGivesItsFirstToken() {
        assertThat(ours.firstToken(model, folder, 1, 16, 1, 1000)).isPositive();
    }

    @Test
    void theErrorOfAChildIsQuoted() {
        assertThatIllegalStateException().isThrownBy(() -> ours.open(folder.resolve("missing.gguf"), 1, 1, 512))
                .withMessageContaining("The process of ours ended").withMessageContaining("exit code 1")
                .withMessageContaining("missing.gguf").withMessageContaining("ModelFormatException");
    }

    @Test
    void aFolderWithoutTheLibrariesIsRefused() throws IOException {
        try (ContenderProcess peer = ContenderProcess.llama(folder, folder)) {
            assertThatIllegalStateException().isThrownBy(() -> peer.open(model, 1, 1, 512))
                    .withMessageContaining("There is no " + folder.resolve("libggml-base.so"));
        }
    }
}
