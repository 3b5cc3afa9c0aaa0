package dev.kimilinear.trainer.data.skill;

import java.util.EnumMap;
import java.util.Map;

/**
 * A country and what is known of it.
 *
 * @param article whether its name has "the" in front
 * @param people what its people are: "French"
 * @param local its capital in other languages; empty for most countries
 */
record Country(String name, boolean article, String capital, String continent, String currency, String language,
        String people, Map<Language, Local> local) {

    /**
     * The capital in another language.
     *
     * @param ofCountry "of France"
     */
    record Local(String ofCountry, String capital) {
    }

    private static final int OF_COUNTRY = 7;

    /** Reads a line of {@code countries.txt}. */
    static Country of(String line) {
        String[] field = line.split("\\|", -1);
        Map<Language, Local> local = new EnumMap<>(Language.class);
        int languages = Language.values().length;
        for (Language language : Language.values()) {
            int at = OF_COUNTRY + language.ordinal();
            if (at < field.length) {
                local.put(language, new Local(field[at], field[at + languages]));
            }
        }
        return new Country(field[0], field[6].equals("the"), field[1], field[2], field[3], field[4], field[5], local);
    }

    /** The same country under another name. */
    Country called(String other, boolean withArticle) {
        return new Country(other, withArticle, capital, continent, currency, language, people, local);
    }

    /** The name as it stands inside a sentence: "the Netherlands". */
    String inSentence() {
        return article ? "the " + name : name;
    }
}
