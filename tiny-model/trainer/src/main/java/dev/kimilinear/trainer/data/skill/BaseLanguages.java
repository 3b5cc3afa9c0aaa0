package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.BaseQuestions.Said;

/** The usual answers to simple questions in other languages. */
final class BaseLanguages {

    /** By the name of the country: behind it for each language the country and its capital. */
    private static final Map<String, String[]> LOCAL = Words.list("local-capitals").stream().map(line -> line.split("\\|"))
            .collect(Collectors.toMap(fields -> fields[0], Function.identity()));

    /** Is asked for, in English, by conformance tests, whose sentences are not for training. */
    private static final String RESERVED = "Germany";

    /** The countries whose capitals are known in every language, to be asked for in English. */
    static final List<Country> COUNTRIES = Countries.all().stream()
            .filter(country -> LOCAL.containsKey(country.name()) && !country.name().equals(RESERVED)).toList();

    private static final Map<ForeignLanguage, String> GREETINGS = Stream.of(ForeignLanguage.values())
            .collect(Collectors.toMap(Function.identity(), language -> Phrases.of(language).get(Phrases.HELLO).answer()));

    private BaseLanguages() {
    }

    static String answer(Said said, ForeignLanguage language) {
        return said.country() == null ? GREETINGS.get(language) : capital(said.country(), language);
    }

    private static String capital(Country country, ForeignLanguage language) {
        String sentence = switch (language) {
            case GERMAN -> "Die Hauptstadt %s ist %s.";
            case FRENCH -> "La capitale %s est %s.";
            case SPANISH -> "La capital %s es %s.";
            case CHINESE -> "%s的首都是%s。";
        };
        String[] local = LOCAL.get(country.name());
        int at = 1 + 2 * language.ordinal();
        return sentence.formatted(local[at], local[at + 1]);
    }
}
