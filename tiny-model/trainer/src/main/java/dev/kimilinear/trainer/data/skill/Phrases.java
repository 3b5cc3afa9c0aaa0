package dev.kimilinear.trainer.data.skill;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Source;

/**
 * What people say in a language besides English and what the model answers, by topic: a list whose heads are
 * {@code TOPIC > ANSWER}.
 */
final class Phrases {

    static final String HELLO = "hello";
    static final String HOW_ARE_YOU = "how are you";
    static final String WHO_ARE_YOU = "who are you";
    static final String THANKS = "thanks";
    static final String BYE = "bye";
    static final String NAME_TOLD = "name told";
    static final String NAME_ASKED = "name asked";
    /** In German only, as the next one. */
    static final String CAPITAL = "capital";
    static final String NEXT_CAPITAL = "next capital";

    /**
     * Wordings that get the same answer.
     *
     * @param answer may have places for contents
     */
    record Phrase(String topic, String answer, String pattern) {

        /** The answer with its contents. */
        String answer(Object... contents) {
            String filled = answer;
            for (int i = 0; i < contents.length; i++) {
                filled = filled.replace("{" + i + "}", contents[i].toString());
            }
            return filled;
        }
    }

    private static final String BETWEEN = " > ";
    private static final double PLAIN_LETTERS = 0.5;

    private final Map<String, Phrase> byTopic;

    private Phrases(Map<String, Phrase> byTopic) {
        this.byTopic = byTopic;
    }

    static Phrases of(ForeignLanguage language) {
        Stream<Phrase> all = Frames.read(language.english().toLowerCase(Locale.ROOT)).stream().map(frames -> {
            int between = frames.head().indexOf(BETWEEN);
            return new Phrase(frames.head().substring(0, between), frames.head().substring(between + BETWEEN.length()),
                    frames.pattern());
        });
        return new Phrases(all.collect(Collectors.toMap(Phrase::topic, Function.identity())));
    }

    /** The phrase of a topic. */
    Phrase get(String topic) {
        Phrase phrase = byTopic.get(topic);
        if (phrase == null) {
            throw new IllegalArgumentException("No phrase for " + topic + " among " + byTopic.keySet());
        }
        return phrase;
    }

    /** A wording of the phrase, in half of the cases as people type who lack the letters on their keyboard. */
    static String say(Source source, Phrase phrase, Object... contents) {
        String said = source.say(phrase.pattern, contents);
        return Asking.capitalised(source.chance(PLAIN_LETTERS) ? plain(said) : said);
    }

    private static String plain(String text) {
        String german = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("Ä", "Ae").replace("Ö", "Oe")
                .replace("Ü", "Ue").replace("ß", "ss");
        String bare = Normalizer.normalize(german, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
        return bare.replace("¿", "").replace("¡", "");
    }
}
