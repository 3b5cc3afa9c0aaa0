package dev.kimilinear.trainer.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Lists of words ({@code words/NAME.txt}, one in a line, {@code #} begins a remark) and invented words. */
public final class Words {

    private static final Map<String, List<String>> LISTS = new ConcurrentHashMap<>();

    /** Words of a list in each split, so that one can be exchanged for another. */
    private static final int LEAST = 2;
    private static final Set<String> COMMON = read("common").stream().map(word -> word.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private static final List<String> ONSETS = List.of("b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t",
            "v", "w", "z", "br", "dr", "kr", "st", "tr", "sh", "ch", "gl", "pl", "fl", "qu", "th", "sk");
    private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "ai", "ea", "oo",
            "y", "ia", "ou");
    private static final List<String> CODAS = List.of("", "", "", "n", "r", "s", "l", "x", "k", "th", "m", "nd", "rt", "ck");

    private Words() {
    }

    /**
     * The lines of a list.
     *
     * @throws IllegalArgumentException if there is no such list
     */
    public static List<String> list(String name) {
        List<String> known = LISTS.get(name);
        if (known == null) {
            known = read(name);
            LISTS.put(name, known);
        }
        return known;
    }

    /** The lines of a list that belong to a split. */
    static List<String> list(String name, Split split) {
        String key = name + '/' + split;
        List<String> known = LISTS.get(key);
        if (known == null) {
            known = list(name).stream().filter(word -> Split.of(word) == split).toList();
            if (known.size() < LEAST) {
                throw new IllegalArgumentException("Of the list " + name + " " + known.size() + " words belong to " + split
                        + ", expected at least " + LEAST + "; the list is too short to be divided");
            }
            LISTS.put(key, known);
        }
        return known;
    }

    /** Whether a word, in lower case, is one of those that people use every day. */
    static boolean isCommon(String word) {
        return COMMON.contains(word);
    }

    private static List<String> read(String name) {
        String file = "/dev/kimilinear/trainer/words/" + name + ".txt";
        try (InputStream in = Words.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("No list of words: " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A word of two to four syllables that no language has, in lower case. */
    static String invent(Random random) {
        String word = draw(random);
        while (list("avoided").stream().anyMatch(word::contains)) {
            word = draw(random);
        }
        return word;
    }

    private static String draw(Random random) {
        StringBuilder word = new StringBuilder();
        int luck = random.nextInt(20);
        int syllables = luck < 13 ? 2 : luck < 19 ? 3 : 4;
        for (int i = 0; i < syllables; i++) {
            word.append(pick(ONSETS, random)).append(pick(VOWELS, random));
        }
        return word.append(pick(CODAS, random)).toString();
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    /** The text with its first letter in upper case. */
    public static String capitalise(String text) {
        return text.isEmpty() ? text : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
