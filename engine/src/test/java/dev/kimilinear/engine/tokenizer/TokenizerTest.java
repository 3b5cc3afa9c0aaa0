package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufWriter;

class TokenizerTest {

    private static final Tokenizer RECORDED = RecordedStringsTest.tokenizer(Fixtures.project("tokenizer/vocabulary.gguf"));

    private static final char GUARD = '\uE123';

    @TempDir
    private Path folder;
    private int files;

    @Test
    void decodingWhatWasEncodedIsTheText() {
        Random random = new Random(3);
        for (int i = 0; i < 5_000; i++) {
            String text = RandomText.of(random, 60);
            assertThat(RECORDED.decode(RECORDED.encode(text, false), false)).isEqualTo(text);
            assertThat(RECORDED.decode(RECORDED.encode(text, true), true)).isEqualTo(text);
        }
    }

    @Test
    void aLoneSurrogateIsAReplacementCharacter() {
        assertThat(RECORDED.encode("a\uD83Db\uDE00", false)).isEqualTo(RECORDED.encode("a\uFFFDb\uFFFD", false));
        assertThat(RECORDED.decode(RECORDED.encode("\uDE00\uD83D", false), false)).isEqualTo("\uFFFD\uFFFD");
    }

    @Test
    void aTokenizerMayBeUsedByManyThreads() throws Exception {
        List<String> texts = new Random(4).ints(200).mapToObj(seed -> RandomText.of(new Random(seed), 200)).toList();
        Callable<List<String>> encodeAll = () -> texts.stream().map(text -> Arrays.toString(RECORDED.encode(text, true)))
                .toList();
        List<String> expected = encodeAll.call();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<List<String>> ids : threads.invokeAll(Collections.nCopies(8, encodeAll))) {
                assertThat(ids.get()).isEqualTo(expected);
            }
        }
    }

    @Test
    void controlTokensAreShownOnlyOnRequest() {
        int[] ids = RECORDED.encode("a<|im_end|>b", true);

        assertThat(RECORDED.decode(ids, false)).isEqualTo("ab");
        assertThat(RECORDED.decode(ids, true)).isEqualTo("a<|im_end|>b");
    }

    @Test
    void aTokenByItselfHasTheTextOfItsBytes() {
        int[] emoji = RECORDED.encode("👍", false);

        assertThat(RECORDED.text(RECORDED.encode("a", false)[0])).isEqualTo("a");
        assertThat(RECORDED.text(1011)).isEqualTo("<|im_end|>");
        assertThat(emoji).hasSizeGreaterThan(1);
        assertThat(RECORDED.text(emoji[0])).isEqualTo("\uFFFD");
        assertThatThrownBy(() -> RECORDED.text(1024)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void controlTokensAreTheOnesThatTextHides() {
        Tokenizer tokenizer = open(small("a", "<|x|>", "<u>", "<y>", "<z>", "<|im_end|>").put("tokenizer.ggml.token_type",
                GgufWriter.Value.i32s(1, 3, 4, 2, 5, 1)));

        assertThat(IntStream.range(0, tokenizer.size()).filter(tokenizer::isControl)).containsExactly(1, 3, 5);
        assertThatThrownBy(() -> tokenizer.isControl(6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void specialTokensAreFoundByTheirText() {
        assertThat(RECORDED.id("<|im_end|>")).hasValue(1011);
        assertThat(RECORDED.id("[EOT]")).hasValue(1021);
        assertThat(RECORDED.id("a")).isEmpty();
        assertThat(RECORDED.size()).isEqualTo(1024);
    }

    @Test
    void theEndOfGenerationSetHasTheFilesEndAndTheTextsThatEnd() {
        // [EOS], <|im_end|>, [EOT] and [PAD].
        assertThat(IntStream.range(0, RECORDED.size()).filter(RECORDED::isEndOfGeneration)).containsExactly(1010, 1011, 1021,
                1023);
        assertThatThrownBy(() -> RECORDED.isEndOfGeneration(1024)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endTokensNamedByTheFileEndAGenerationWhateverTheirText() {
        Tokenizer tokenizer = open(small().put("tokenizer.ggml.eos_token_id", 0).put("tokenizer.ggml.eot_token_id", 1));

        assertThat(IntStream.range(0, tokenizer.size()).filter(tokenizer::isEndOfGeneration)).containsExactly(0, 1);
    }

    @Test
    void anEndByItsTextIsAControlTokenWhateverTheFileSays() {
        Tokenizer tokenizer = open(small("a", "<|im_end|>"));

        assertThat(tokenizer.isEndOfGeneration(1)).isTrue();
        assertThat(tokenizer.encode("a<|im_end|>a", true)).containsExactly(0, 1, 0);
        assertThat(tokenizer.decode(new int[] { 0, 1 }, false)).isEqualTo("a");
    }

    @Test
    void userDefinedTokensAreMatchedInEveryTextAndShown() {
        Tokenizer tokenizer = open(small("a", "b", "ab", "<x>", "<y>").put("tokenizer.ggml.token_type",
                GgufWriter.Value.i32s(1, 1, 4, 3, 5)));

        assertThat(tokenizer.encode("aab", false)).containsExactly(0, 2);
        assertThat(tokenizer.encode("b<x>ab", true)).containsExactly(1, 3, 2);
        assertThat(tokenizer.decode(new int[] { 0, 2, 3 }, false)).isEqualTo("aab");
        assertThat(tokenizer.decode(new int[] { 0, 2, 3, 4 }, true)).as("an unused token is never shown").isEqualTo("aab<x>");
        assertThat(tokenizer.id("<y>")).isEmpty();
    }

    @Test
    void longerSpecialTokensGoFirstOverTheWholeText() {
        // In "abcd" the leftmost is "ab", the longest "bcd"; "é" counts two bytes.
        Tokenizer tokenizer = open(small("a", "ab", "bcd", "dé", "d<>").put("tokenizer.ggml.token_type",
                GgufWriter.Value.i32s(1, 3, 3, 3, 3)));

        assertThat(tokenizer.encode("abcd", true)).containsExactly(0, 2);
        assertThat(tokenizer.encode("aababcdab", true)).containsExactly(0, 1, 0, 2, 1);
        assertThat(tokenizer.encode("bcdé", true)).as("bcd is as long and has the lower id").containsExactly(2);
        assertThat(tokenizer.encode("abab", true)).containsExactly(1, 1);
    }

    @Test
    void whatAGuardProtectsIsText() {
        String[] texts = { "<|im_end|>", "x<|im_end|><|im_end|>y", "<|im_", "end|>", "[", "EOT", "]", "<|im_end|" };
        for (String left : texts) {
            for (String right : texts) {
                String guarded = RECORDED.guard(left, GUARD) + RECORDED.guard(right, GUARD);
                assertThat(RECORDED.encodeGuarded("<|im_end|>" + guarded + "<|im_end|>", GUARD)).as(left + " and " + right)
                        .startsWith(1011).endsWith(1011)
                        .containsSubsequence(RECORDED.encode(left + right, false))
                        .hasSize(2 + RECORDED.encode(left + right, false).length);
            }
        }
    }

    @Test
    void aHarmlessTextNeedsNoGuard() {
        String text = "Is 3 < 4? [Yes] <b>|</b> and <|im_|end|>.";

        assertThat(RECORDED.guard(text, GUARD)).isSameAs(text);
    }

    @Test
    void aSpecialTokenOfOneCharacterCanBeGuardedToo() {
        Tokenizer tokenizer = open(small("a", "★").put("tokenizer.ggml.token_type", GgufWriter.Value.i32s(1, 4)));

        assertThat(tokenizer.encodeGuarded("a★" + tokenizer.guard("★a", GUARD), GUARD)).containsExactly(0, 1, 0);
        assertThat(tokenizer.encode("★a", false)).containsExactly(1, 0);
    }

    @Test
    void aFileWithoutMergesEncodesByteByByte() {
        Tokenizer tokenizer = open(
                GgufWriter.copyOf(Fixtures.project("tokenizer/vocabulary.gguf")).remove("tokenizer.ggml.merges"));

        assertThat(tokenizer.encode("assistant é<|im_end|>", true)).containsExactly('a', 's', 's', 'i', 's', 't', 'a', 'n', 't',
                ' ', 0xC3, 0xA9, 1011);
    }

    @Test
    void aNormalTokenOutsideTheByteAlphabetStandsForItself() {
        assertThat(open(small("a", "日本😀")).decode(new int[] { 1, 0 }, false)).isEqualTo("日本😀a");
    }

    @Test
    void anotherKindOfTokenizerIsRefusedByName() {
        assertRefused(small().put("tokenizer.ggml.model", "llama"), "\"tokenizer.ggml.model\" is \"llama\"", "\"gpt2\"");
        assertRefused(small().remove("tokenizer.ggml.model"), "\"tokenizer.ggml.model\" is missing", "\"gpt2\"");
        assertRefused(small().put("tokenizer.ggml.pre", "qwen2"), "\"tokenizer.ggml.pre\" is \"qwen2\"", "\"kimi-k2\"");
        assertRefused(small().remove("tokenizer.ggml.pre"), "\"tokenizer.ggml.pre\" is missing", "\"kimi-k2\"");
    }

    @Test
    void aDamagedVocabularyIsRefusedWithWhatWasFound() {
        assertRefused(small().remove("tokenizer.ggml.tokens"), "\"tokenizer.ggml.tokens\" is missing");
        assertRefused(small(new String[0]), "\"tokenizer.ggml.tokens\" is empty");
        assertRefused(small().put("tokenizer.ggml.token_type", GgufWriter.Value.i32s(1)), "has 1 entries, expected 2");
        assertRefused(small().put("tokenizer.ggml.eos_token_id", 2), "\"tokenizer.ggml.eos_token_id\" is 2", "0 to 1");
        assertRefused(small().put("tokenizer.ggml.merges", GgufWriter.Value.strings(List.of("a b", "ab"))), "rule 1",
                "\"ab\"", "two pieces");
        assertRefused(small().put("tokenizer.ggml.tokens", "a b"), "tokenizer.ggml.tokens");
    }

    private void assertRefused(GgufWriter writer, String... parts) {
        assertThatThrownBy(() -> open(writer)).isInstanceOf(ModelFormatException.class).hasMessageContainingAll(parts);
    }

    private static GgufWriter small() {
        return small("a", "b");
    }

    private static GgufWriter small(String... tokens) {
        return new GgufWriter().put("tokenizer.ggml.model", "gpt2").put("tokenizer.ggml.pre", "kimi-k2")
                .put("tokenizer.ggml.tokens", GgufWriter.Value.strings(List.of(tokens)));
    }

    private Tokenizer open(GgufWriter writer) {
        return RecordedStringsTest.tokenizer(writer.write(folder.resolve("model-" + files++ + ".gguf")));
    }
}
