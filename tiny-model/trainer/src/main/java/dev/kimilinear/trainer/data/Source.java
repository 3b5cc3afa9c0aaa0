package dev.kimilinear.trainer.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * What a dialogue is made from: seeded chance, words and wordings, all from one {@link Split}. The same seed and split give
 * the same dialogue. For one thread.
 */
public final class Source {

    /** Enclose contents in a user's text, so that slips of the pen leave them alone; {@link Dialogue} takes them out. */
    static final char CONTENT_BEGIN = '\uE000';
    static final char CONTENT_END = '\uE001';

    /** A pattern with fewer wordings is not divided: the held-out part would have too few, or none. */
    private static final double LEAST_TO_DIVIDE = 200;
    /** Wordings of at most so many characters belong to both parts: these are the plainest ones, which all people use. */
    private static final int LONGEST_SHARED = 30;
    private static final int TRIES = 10_000;

    private final Random random;
    private final Split split;

    public Source(long seed, Split split) {
        // Seeds that follow one another would give first draws that hardly differ.
        random = new Random(new SplittableRandom(seed).nextLong());
        this.split = split;
    }

    /** The part that all contents come from. */
    public Split split() {
        return split;
    }

    Random random() {
        return random;
    }

    /** True with the given probability. */
    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A whole number, both ends included. */
    public int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    /** One of the given, each as likely. For what both parts share: contents come from {@link #word} and {@link #owned}. */
    @SafeVarargs
    public final <T> T pick(T... from) {
        return from[random.nextInt(from.length)];
    }

    /** One of the given, each as likely. */
    public <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Some of the given, no element twice, in random order. */
    public <T> List<T> pickSome(List<T> from, int count) {
        List<T> all = new ArrayList<>(from);
        Collections.shuffle(all, random);
        return new ArrayList<>(all.subList(0, count));
    }

    /**
     * Draws until the text of the result belongs to this source's split: contents that the other part never shows.
     *
     * @throws IllegalStateException if none does
     */
    public <T> T owned(Supplier<T> draw) {
        for (int i = 0; i < TRIES; i++) {
            T drawn = draw.get();
            if (Split.of(drawn.toString()) == split) {
                return drawn;
            }
        }
        throw new IllegalStateException("None of " + TRIES + " draws belongs to " + split + ", the last: " + draw.get());
    }

    /** A word of the named list ({@code words/NAME.txt}) that belongs to this split. */
    public String word(String list) {
        return pick(Words.list(list, split));
    }

    /** Different words of the named list that belong to this split. */
    public List<String> words(String list, int count) {
        return pickSome(Words.list(list, split), count);
    }

    /** A word that no language has, in lower case: what can only be copied. */
    public String inventedWord() {
        return owned(() -> Words.invent(random));
    }

    /** A first name: a known one, or an invented one. */
    public String firstName() {
        return chance(0.8) ? word("first-names") : Words.capitalise(inventedWord());
    }

    /** A city: a known one, or an invented one. */
    public String city() {
        return chance(0.85) ? word("cities") : Words.capitalise(inventedWord());
    }

    /**
     * One wording of a pattern with its places filled ({@link Wording} has the syntax). Patterns of many wordings are
     * divided between the splits like contents.
     *
     * @param contents for {@code {0}}, {@code {1}} ...; they are kept from slips of the pen
     */
    public String say(String pattern, Object... contents) {
        Wording wording = Wording.of(pattern);
        String drawn = wording.draw(random);
        if (wording.count() >= LEAST_TO_DIVIDE) {
            for (int i = 0; i < TRIES && drawn.length() > LONGEST_SHARED && Split.of(drawn) != split; i++) {
                drawn = wording.draw(random);
            }
        }
        return Wording.fill(drawn, String.valueOf(CONTENT_BEGIN), String.valueOf(CONTENT_END), contents);
    }
}
