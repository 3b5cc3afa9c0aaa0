package dev.kimilinear.trainer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.tokenizer.PreTokenizer;
import dev.kimilinear.engine.tokenizer.Tokenizer;

class BpeTrainerTest {

    private static final int SPECIALS = BpeVocabulary.SPECIAL_TOKENS.size();

    @TempDir
    Path folder;

    @Test
    void theMostFrequentPairIsMergedFirst() {
        // "aab", twice " aab", " ab". The pair "a b" occurs four times; then "a ab" three times; then " aab" twice.
        BpeVocabulary vocabulary = BpeTrainer.train(List.of("aab aab aab ab"), 300);

        assertThat(vocabulary.merges()).containsExactly("a b", "a ab", "Ġ aab");
    }

    @Test
    void ofEquallyFrequentPairsTheOldestPiecesWin() {
        assertThat(BpeTrainer.train(List.of("zy", "ba", "bc", "zy", "ba", "bc"), 300).merges()).containsExactly("b a", "b c",
                "z y");
    }

    @Test
    void noMoreIsMergedThanThereIsRoomFor() {
        BpeVocabulary vocabulary = BpeTrainer.train(List.of("aab aab aab ab"), 256 + 2 + SPECIALS);

        assertThat(vocabulary.merges()).containsExactly("a b", "a ab");
        assertThat(vocabulary.tokens()).hasSize(vocabulary.size()).startsWith("Ā").contains("aab")
                .endsWith("[UNK]", "[PAD]");
    }

    @Test
    void aPairOfEqualPiecesIsMergedFromTheLeft() {
        assertThat(BpeTrainer.train(List.of("aaaaa", "aaaaa"), 300).merges()).containsExactly("a a", "aa a", "aa aaa");
    }

    @Test
    void aWordIsCutIntoTheSameTokensWhereverItStands() throws IOException {
        BpeVocabulary vocabulary = BpeTrainer.train(Collections.nCopies(9, "a goat, the goat and \"goatee\" the_goat the"),
                320);
        Tokenizer tokenizer = vocabulary.tokenizer();

        assertThat(tokenizer.encode("goat", true)).hasSize(1);
        assertThat(tokenizer.encode(" goat", true)).hasSize(1);
        int[] alone = tokenizer.encode("thegoats", true);
        for (String before : List.of("\"", "_", "(", "-")) {
            int[] behind = tokenizer.encode(before + "thegoats", true);
            assertThat(Arrays.copyOfRange(behind, 1, behind.length)).as(before).containsExactly(alone);
        }
        int[] behindSpace = tokenizer.encode(" thegoats", true);
        assertThat(Arrays.copyOfRange(behindSpace, 1, behindSpace.length))
                .containsExactly(Arrays.copyOfRange(alone, 1, alone.length));
        assertThat(vocabulary.spellings().get(behindSpace[0])).isEqualTo(new BpeVocabulary.Spelling(alone[0], 1));
    }

    @Test
    void spellingsNameTheTokenOfTheSameLetters() {
        BpeVocabulary vocabulary = new BpeVocabulary(300, List.of("g o", "G o", "Ġ go", "Ġ Go", "X y", "Ġ Xy"));
        List<String> tokens = vocabulary.tokens();
        int plain = tokens.indexOf("go");
        int capital = tokens.indexOf("Xy");

        assertThat(vocabulary.spellings()).hasSize(300).contains(new BpeVocabulary.Spelling(plain, 0),
                new BpeVocabulary.Spelling(plain, 1), new BpeVocabulary.Spelling(plain, 2),
                new BpeVocabulary.Spelling(plain, 3));
        assertThat(vocabulary.spellings().get(capital)).as("nothing in lower case")
                .isEqualTo(new BpeVocabulary.Spelling(capital, 0));
        assertThat(vocabulary.spellings().get(tokens.indexOf("ĠXy"))).isEqualTo(new BpeVocabulary.Spelling(capital, 1));
        assertThat(vocabulary.spellings().get(tokens.indexOf("A"))).isEqualTo(
                new BpeVocabulary.Spelling(tokens.indexOf("a"), 2));
        assertThat(vocabulary.spellings().get(299)).isEqualTo(new BpeVocabulary.Spelling(299, 0));
    }

    /** "abc" arises from "ab c" and from "a bc", as in a word where the first was taken apart. */
    @Test
    void aTextThatTwoMergesMakeIsOneToken() {
        BpeVocabulary vocabulary = new BpeVocabulary(300, List.of("a b", "b c", "ab c", "a bc"));

        assertThat(vocabulary.tokens()).hasSize(300).containsOnlyOnce("abc");
        assertThat(vocabulary.types()).hasSize(300);
    }

    @Test
    void digitsAreNeverMerged() throws IOException {
        BpeVocabulary vocabulary = BpeTrainer
                .train(Collections.nCopies(50, "It was 1984, then 1999 and 1984 again: B12 B12 1984½ $19"), 400);
        Tokenizer tokenizer = vocabulary.tokenizer();

        assertThat(vocabulary.merges()).noneMatch(merge -> merge.matches(".*[0-9].*")).contains("a s");
        assertThat(tokenizer.encode("1984", true)).hasSize(4);
        assertThat(tokenizer.encode(" 1984", true)).hasSize(5);
    }

    @Test
    void specialTokensAreNoText() throws IOException {
        BpeVocabulary vocabulary = BpeTrainer
                .train(Collections.nCopies(9, "<|im_user|>user<|im_middle|>so<|im_end|>[EOS]so"), 300);
        Tokenizer tokenizer = vocabulary.tokenizer();

        // " us" and "so" on both sides of "<|im_end|>" are apart.
        assertThat(vocabulary.merges()).containsExactly("s o", "e r", "s er", "u ser");
        assertThat(vocabulary.id("[BOS]")).isEqualTo(300 - SPECIALS);
        assertThat(tokenizer.encode("<|im_user|>user<|im_end|>", true)).containsExactly(vocabulary.id("<|im_user|>"), 259,
                vocabulary.id("<|im_end|>"));
        for (String special : BpeVocabulary.SPECIAL_TOKENS) {
            assertThat(tokenizer.encode(special, true)).containsExactly(vocabulary.id(special));
            assertThat(tokenizer.id(special)).hasValue(vocabulary.id(special));
        }
        assertThat(tokenizer.isEndOfGeneration(vocabulary.id("<|im_end|>"))).isTrue();
        assertThat(tokenizer.isEndOfGeneration(vocabulary.id("<|im_middle|>"))).isFalse();
        assertThatThrownBy(() -> vocabulary.id("user")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mergesAreThoseOfTheDefinition() {
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            List<String> texts = new ArrayList<>();
            for (int n = 0; n < 40; n++) {
                texts.add(text(random, "aabbcde 'é", 40));
            }

            List<String> merges = BpeTrainer.train(texts, 256 + SPECIALS + 60).merges();

            // Two fifths are kept for spaces.
            assertThat(merges.subList(0, 36)).isEqualTo(byDefinition(texts, 36));
            assertThat(merges.subList(36, merges.size())).isNotEmpty().allMatch(merge -> merge.startsWith("Ġ "));
            Collections.shuffle(texts, random);
            assertThat(BpeTrainer.train(texts, 256 + SPECIALS + 60).merges()).isEqualTo(merges);
        }
    }

    @Test
    void everyTextIsEncodedAndDecodedByTheEngine() throws IOException {
        Random random = new Random(2);
        List<String> texts = new ArrayList<>();
        for (int n = 0; n < 300; n++) {
            texts.add(text(random, "the quick brown fox 1234567890 ,.!?\n\"'{}[]<|>äé漢字🙂", 80));
        }
        Tokenizer tokenizer = BpeTrainer.train(texts, 600).tokenizer();

        assertThat(tokenizer.size()).isEqualTo(600);
        for (int n = 0; n < 300; n++) {
            String unseen = text(random, "the quick brown fox jumps 0123456789 \t,.!?\n\"'{}[]<|>äéß漢字かな🙂👍", 100);
            int[] ids = tokenizer.encode(unseen, true);
            assertThat(tokenizer.decode(ids, true)).isEqualTo(unseen);
            assertThat(ids.length).isLessThan(unseen.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    @Test
    void unusedTokensFillTheVocabulary() throws IOException {
        BpeVocabulary vocabulary = BpeTrainer.train(List.of("hello hello"), 300);

        int used = 256 + vocabulary.merges().size();
        assertThat(vocabulary.tokens().get(used)).isEqualTo("[UNUSED" + used + "]");
        assertThat(vocabulary.types()[used - 1]).isEqualTo(1);
        assertThat(vocabulary.types()[used]).isEqualTo(5);
        assertThat(vocabulary.types()[300 - SPECIALS]).isEqualTo(3);
        assertThat(vocabulary.tokenizer().decode(new int[] { used }, true)).isEmpty();
    }

    @Test
    void aSavedVocabularyIsLoadedAgain() throws IOException {
        BpeVocabulary vocabulary = BpeTrainer.train(Collections.nCopies(3, "Wörter, words\u00A0and\u0085more\nwords"), 320);
        Path file = folder.resolve("vocabulary.txt");
        vocabulary.save(file);

        assertThat(BpeVocabulary.load(file)).isEqualTo(vocabulary);
    }

    @Test
    void whatIsNoVocabularyIsRefused() throws IOException {
        for (String content : new String[] { "", "many\na b\n", "300\nab\n", "300\nab c\n", "260\na b\n" }) {
            Path file = Files.writeString(folder.resolve("bad.txt"), content);
            assertThatThrownBy(() -> BpeVocabulary.load(file)).as(content).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bad.txt");
        }
        assertThatThrownBy(() -> BpeTrainer.train(List.of(), 200)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The vocabulary has 200 tokens, expected at least 271 for bytes, merges and special tokens");
    }

    private static String text(Random random, String alphabet, int most) {
        int[] characters = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder("t");
        for (int n = 20 + random.nextInt(most); n > 0; n--) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
        }
        return text.append("he the ").toString();
    }

    /** Counts all pairs anew for each merge, on strings of the byte alphabet. */
    private static List<String> byDefinition(List<String> texts, int count) {
        List<List<String>> words = new ArrayList<>();
        for (String text : texts) {
            for (String piece : PreTokenizer.pieces(text)) {
                List<String> word = new ArrayList<>();
                for (byte b : piece.replaceFirst("^[^\\p{L}](?=\\p{L})", "").getBytes(StandardCharsets.UTF_8)) {
                    word.add(BpeVocabulary.bytes().get(b & 0xFF));
                }
                words.add(word);
            }
        }
        List<String> pieces = new ArrayList<>(BpeVocabulary.bytes());
        List<String> merges = new ArrayList<>();
        while (pieces.size() < 256 + count) {
            Map<List<String>, Integer> occurrences = new HashMap<>();
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    occurrences.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
                }
            }
            int most = occurrences.isEmpty() ? 0 : Collections.max(occurrences.values());
            if (most < 2) {
                break;
            }
            TreeSet<List<Integer>> candidates = new TreeSet<>((a, b) -> a.get(0).equals(b.get(0))
                    ? a.get(1).compareTo(b.get(1))
                    : a.get(0).compareTo(b.get(0)));
            occurrences.forEach((pair, n) -> {
                if (n == most) {
                    candidates.add(pair.stream().map(pieces::indexOf).toList());
                }
            });
            String left = pieces.get(candidates.getFirst().get(0));
            String right = pieces.get(candidates.getFirst().get(1));
            merges.add(left + " " + right);
            if (!pieces.contains(left + right)) {
                pieces.add(left + right);
            }
            for (List<String> word : words) {
                for (int i = 0; i + 1 < word.size(); i++) {
                    if (word.get(i).equals(left) && word.get(i + 1).equals(right)) {
                        word.set(i, left + right);
                        word.remove(i + 1);
                    }
                }
            }
        }
        return merges;
    }
}
