package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * A kind of short texts to extract fields from.
 *
 * @param noun what a text tells of, as a request names it; a pattern
 * @param prefixes what may stand in front of all keys of a request: "customer" makes "customerName" from "name";
 *        of those that there are, some must belong to each split
 */
record ExtractionDomain(String noun, List<String> prefixes, List<ExtractionField> fields, List<Text> texts) {

    /** An article in front of a vowel, with or without something that is no letter between them. */
    private static final Pattern ARTICLE = Pattern.compile("\\b([Aa]) (\\P{L}?[aeioAEIO])");

    /**
     * A pattern of one or two sentences.
     *
     * @param told the numbers of the fields that it tells
     */
    record Text(String pattern, List<Integer> told) {

        /** How many of the wanted fields it does not tell. */
        long missing(List<Integer> wanted) {
            return wanted.stream().filter(number -> !told.contains(number)).count();
        }
    }

    /**
     * A domain.
     *
     * @param lines the texts, one in a line. The places of a pattern are the fields' values in order, and behind them the
     *        fields' usual names: of four fields {@code {0}} is the value of the first one and {@code {4}} its name
     */
    static ExtractionDomain of(String noun, List<String> prefixes, List<ExtractionField> fields, String lines) {
        List<Text> texts = lines.lines().map(String::strip).filter(line -> !line.isEmpty())
                .map(line -> new Text(line, told(line, fields.size()))).toList();
        return new ExtractionDomain(noun, prefixes, fields, texts);
    }

    private static List<Integer> told(String line, int fields) {
        return IntStream.range(0, fields).filter(number -> line.contains("{" + number + "}")).boxed().toList();
    }

    /** A text with these values of the fields. */
    String say(Text text, List<Object> values, Source source) {
        List<Object> contents = new ArrayList<>(values);
        fields.forEach(field -> contents.add(field.names().getFirst()));
        String said = source.say(text.pattern() + ".", contents.toArray());
        return Words.capitalise(ARTICLE.matcher(said).replaceAll("$1n $2"));
    }

    /** Words as a sentence lists them: {@code a, b and c}. */
    static String joined(List<String> words) {
        return words.size() == 1 ? words.getFirst()
                : words.stream().limit(words.size() - 1).collect(Collectors.joining(", ")) + " and " + words.getLast();
    }
}
