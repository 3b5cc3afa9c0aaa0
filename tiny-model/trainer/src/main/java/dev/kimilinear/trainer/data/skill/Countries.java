package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** The countries of the world. */
final class Countries {

    private static final double OTHER_NAME = 0.4;
    private static final double NO_ARTICLE = 0.2;
    private static final double LOWER_CASE = 0.08;
    private static final List<Country> ALL = Words.list("countries").stream().map(Country::of).toList();
    /** Countries under other names that people use. */
    private static final List<Country> ALIASES = Words.list("country-aliases").stream().map(Countries::alias).toList();

    private Countries() {
    }

    private static Country alias(String line) {
        String[] field = line.split("\\|", -1);
        return ALL.stream().filter(country -> country.name().equals(field[1])).findFirst().orElseThrow()
                .called(field[0], field[2].equals("the"));
    }

    /** All countries, each once. */
    static List<Country> all() {
        return ALL;
    }

    /** Different countries, each as likely, now and then under another name that people use for it. */
    static List<Country> some(Source source, int count) {
        return source.pickSome(ALL, count).stream().map(country -> named(country, source)).toList();
    }

    private static Country named(Country country, Source source) {
        List<Country> others = ALIASES.stream().filter(alias -> alias.capital().equals(country.capital())).toList();
        return !others.isEmpty() && source.chance(OTHER_NAME) ? source.pick(others) : country;
    }

    /** How a user writes a country in a text: mostly as it is, now and then without the article or in lower case. */
    static String typed(Country country, Source source) {
        String name = source.chance(NO_ARTICLE) ? country.name() : country.inSentence();
        return source.chance(LOWER_CASE) ? name.toLowerCase(Locale.ROOT) : name;
    }
}
