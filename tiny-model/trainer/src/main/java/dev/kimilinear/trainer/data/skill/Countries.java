package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** The countries of the world. */
final class Countries {

    private static final double OTHER_NAME = 0.4;
    private static final List<Country> ALL = Words.list("countries").stream().map(Country::of).toList();
    /** Countries under other names that people use. */
    private static final List<Country> ALIASES = Words.list("country-aliases").stream().map(Countries::alias).toList();

    private Countries() {
    }

    private static Country alias(String line) {
        String[] field = line.split("\\|", -1);
        return find(field[1]).orElseThrow().called(field[0], field[2].equals("the"));
    }

    /** All countries, each once. */
    static List<Country> all() {
        return ALL;
    }

    /** The countries whose capital the model also knows in the language. */
    static List<Country> known(Language language) {
        return ALL.stream().filter(country -> country.local().containsKey(language)).toList();
    }

    /** The country of a name, however it is capitalised. */
    static Optional<Country> find(String name) {
        return ALL.stream().filter(country -> country.name().equalsIgnoreCase(name)).findFirst();
    }

    /** The country of a capital. */
    static Optional<Country> withCapital(String city) {
        return ALL.stream().filter(country -> country.capital().equals(city)).findFirst();
    }

    /** Any country, each as likely, now and then under another name that people use for it. */
    static Country any(Source source) {
        Country country = source.pick(ALL);
        List<Country> others = ALIASES.stream().filter(alias -> alias.capital().equals(country.capital())).toList();
        return !others.isEmpty() && source.chance(OTHER_NAME) ? source.pick(others) : country;
    }

    /** What is not a country: an invented name, a person's name, a city's name that is no country's. */
    static String none(Source source) {
        String name = switch (source.between(0, 5)) {
            case 0 -> source.firstName();
            case 1 -> source.city();
            default -> Words.capitalise(source.inventedWord());
        };
        return isCountry(name) ? none(source) : name;
    }

    private static boolean isCountry(String name) {
        return find(name).isPresent() || ALIASES.stream().anyMatch(alias -> alias.name().equalsIgnoreCase(name));
    }

    /** A city that is no capital. */
    static String noCapital(Source source) {
        String city = source.city();
        return withCapital(city).isPresent() || isCountry(city) ? noCapital(source) : city;
    }

    /** How a user writes a country in a text: mostly as it is, now and then without the article or in lower case. */
    static String typed(Country country, Source source) {
        String name = source.chance(0.2) ? country.name() : country.inSentence();
        return source.chance(0.08) ? name.toLowerCase(Locale.ROOT) : name;
    }
}
