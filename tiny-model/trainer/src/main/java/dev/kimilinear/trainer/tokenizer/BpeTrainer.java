package dev.kimilinear.trainer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.kimilinear.engine.tokenizer.PreTokenizer;

/**
 * Learns the merges of byte-level byte-pair encoding: again and again, the adjacent pair that occurs most often becomes one
 * piece. Text is cut at special tokens, then by the engine's {@link PreTokenizer}; no merge reaches over a cut. Digits are
 * never merged, so that a number is read digit by digit.
 *
 * <p>
 * A word is cut into the same tokens wherever it stands: behind a space, a quotation mark or an underscore, which the
 * pre-tokenizer leaves with it. What stands before its letters takes no part in the merges; in the end, a space is merged with
 * the first tokens of words, most frequent ones first. A model that copies "Oslo" from a sentence into {@code {"city":"Oslo"}}
 * then has one token to exchange, by another of the same kind, and not a spelling to learn for each word.
 *
 * <p>
 * Equal pieces of text are counted once and kept with their number. After a merge only the pieces that hold the pair are
 * counted again, so the work is about that of the changes, not of the text. Of pairs that occur equally often, the one with
 * the older left part wins, then the one with the older right part: the same texts, in any order, give the same merges.
 */
public final class BpeTrainer {

    /** What occurs once is no pattern. */
    private static final int LEAST_OCCURRENCES = 2;
    /** The part of what is learned that is a space with the beginning of a word. */
    private static final double WITH_SPACE = 0.4;

    private static final Pattern SPECIAL_TOKEN = Pattern
            .compile(BpeVocabulary.SPECIAL_TOKENS.stream().map(Pattern::quote).collect(Collectors.joining("|")));

    /** A piece of text, as numbers of pieces, and how often it occurs. */
    private static final class Word {

        private int[] pieces;
        private final long occurrences;
        private final long behindSpace;

        Word(int[] pieces, long occurrences, long behindSpace) {
            this.pieces = pieces;
            this.occurrences = occurrences;
            this.behindSpace = behindSpace;
        }

        boolean contains(int left, int right) {
            for (int i = 0; i + 1 < pieces.length; i++) {
                if (pieces[i] == left && pieces[i + 1] == right) {
                    return true;
                }
            }
            return false;
        }

        /** Replaces the pair from the left. */
        void merge(int left, int right, int merged) {
            int[] shorter = new int[pieces.length];
            int n = 0;
            for (int i = 0; i < pieces.length; i++) {
                if (i + 1 < pieces.length && pieces[i] == left && pieces[i + 1] == right) {
                    shorter[n++] = merged;
                    i++;
                } else {
                    shorter[n++] = pieces[i];
                }
            }
            pieces = Arrays.copyOf(shorter, n);
        }
    }

    /** An adjacent pair: how often it occurs now, and all words that hold it, among others that did. */
    private static final class Pair {

        private final int left;
        private final int right;
        private final List<Word> words = new ArrayList<>();
        private long occurrences;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    /** A pair as it stood in the queue; out of date if the pair occurs more or less often by now. */
    private record Candidate(Pair pair, long occurrences) implements Comparable<Candidate> {

        @Override
        public int compareTo(Candidate other) {
            int order = Long.compare(other.occurrences, occurrences);
            if (order == 0) {
                order = Integer.compare(pair.left, other.pair.left);
            }
            return order != 0 ? order : Integer.compare(pair.right, other.pair.right);
        }
    }

    private final List<String> pieces = new ArrayList<>(BpeVocabulary.bytes());
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> merges = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

    private BpeTrainer() {
        for (int b = 0; b < pieces.size(); b++) {
            numbers.put(pieces.get(b), b);
        }
    }

    /**
     * Learns a vocabulary. It may find fewer merges than there is room for; then some tokens stay unused.
     *
     * @param texts with special tokens, without lone surrogates; read once
     * @param size tokens of the vocabulary, bytes and special tokens included
     * @throws IllegalArgumentException if bytes and special tokens alone are more than {@code size}
     */
    public static BpeVocabulary train(Iterable<String> texts, int size) {
        BpeTrainer trainer = new BpeTrainer();
        int room = size - BpeVocabulary.SPECIAL_TOKENS.size();
        List<Word> words = words(texts);
        trainer.countPairs(words);
        trainer.merge(room - (int) ((room - trainer.pieces.size()) * WITH_SPACE));
        trainer.mergeSpaces(words, room);
        return new BpeVocabulary(size, trainer.merges);
    }

    /** The distinct pieces of all texts in which something can be merged, as bytes. */
    private static List<Word> words(Iterable<String> texts) {
        Map<String, long[]> occurrences = new HashMap<>();
        for (String text : texts) {
            Matcher special = SPECIAL_TOKEN.matcher(text);
            int from = 0;
            while (special.find()) {
                count(text.substring(from, special.start()), occurrences);
                from = special.end();
            }
            count(text.substring(from), occurrences);
        }
        // A piece with a digit has nothing but numbers in it.
        occurrences.keySet().removeIf(piece -> piece.chars().anyMatch(c -> c >= '0' && c <= '9'));
        List<Word> words = new ArrayList<>();
        occurrences.forEach((text, count) -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] pieces = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                pieces[i] = bytes[i] & 0xFF;
            }
            words.add(new Word(pieces, count[0], count[1]));
        });
        return words;
    }

    private static void count(String text, Map<String, long[]> occurrences) {
        for (String piece : PreTokenizer.pieces(text)) {
            int letters = Character.charCount(piece.codePointAt(0));
            boolean led = letters < piece.length() && !Character.isLetter(piece.codePointAt(0))
                    && Character.isLetter(piece.codePointAt(letters));
            long[] counts = occurrences.computeIfAbsent(led ? piece.substring(letters) : piece, p -> new long[2]);
            counts[0]++;
            counts[1] += led && piece.charAt(0) == ' ' ? 1 : 0;
        }
    }

    private void countPairs(List<Word> words) {
        for (Word word : words) {
            for (int i = 0; i + 1 < word.pieces.length; i++) {
                Pair pair = pair(word.pieces[i], word.pieces[i + 1]);
                pair.occurrences += word.occurrences;
                pair.words.add(word);
            }
        }
        pairs.values().forEach(this::enqueue);
    }

    private void merge(int room) {
        while (pieces.size() < room && !queue.isEmpty()) {
            Candidate candidate = queue.poll();
            Pair pair = candidate.pair;
            if (candidate.occurrences == pair.occurrences) {
                merges.add(pieces.get(pair.left) + ' ' + pieces.get(pair.right));
                apply(pair, number(pieces.get(pair.left) + pieces.get(pair.right)));
            }
        }
    }

    /** Merges a space with what words begin with. Behind all other merges, these do not change how the rest is cut. */
    private void mergeSpaces(List<Word> words, int room) {
        long[] occurrences = new long[pieces.size()];
        for (Word word : words) {
            occurrences[word.pieces[0]] += word.behindSpace;
        }
        List<Integer> first = new ArrayList<>();
        for (int piece = 0; piece < occurrences.length; piece++) {
            if (occurrences[piece] >= LEAST_OCCURRENCES) {
                first.add(piece);
            }
        }
        first.sort(Comparator.comparingLong(piece -> -occurrences[piece]));
        String space = pieces.get(' ');
        for (int piece : first) {
            if (pieces.size() < room) {
                merges.add(space + ' ' + pieces.get(piece));
                number(space + pieces.get(piece));
            }
        }
    }

    /** The number of a piece. It is an old one if other merges have made the same text. */
    private int number(String text) {
        Integer known = numbers.putIfAbsent(text, pieces.size());
        if (known != null) {
            return known;
        }
        pieces.add(text);
        return pieces.size() - 1;
    }

    private void apply(Pair merged, int number) {
        Set<Pair> changed = new HashSet<>();
        for (Word word : merged.words) {
            // A word that holds a pair twice is in its list twice, and one that has lost it is still there.
            if (word.contains(merged.left, merged.right)) {
                addTo(changed, word, -word.occurrences);
                word.merge(merged.left, merged.right, number);
                addTo(changed, word, word.occurrences);
                for (int i = 0; i + 1 < word.pieces.length; i++) {
                    if (word.pieces[i] == number || word.pieces[i + 1] == number) {
                        pair(word.pieces[i], word.pieces[i + 1]).words.add(word);
                    }
                }
            }
        }
        merged.words.clear();
        changed.forEach(this::enqueue);
    }

    private void addTo(Set<Pair> changed, Word word, long occurrences) {
        for (int i = 0; i + 1 < word.pieces.length; i++) {
            Pair pair = pair(word.pieces[i], word.pieces[i + 1]);
            pair.occurrences += occurrences;
            changed.add(pair);
        }
    }

    private Pair pair(int left, int right) {
        return pairs.computeIfAbsent((long) left << 32 | right, key -> new Pair(left, right));
    }

    private void enqueue(Pair pair) {
        if (pair.occurrences >= LEAST_OCCURRENCES) {
            queue.add(new Candidate(pair, pair.occurrences));
        }
    }
}
