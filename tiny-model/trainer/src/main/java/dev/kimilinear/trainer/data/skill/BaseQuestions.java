package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.kimilinear.trainer.data.Source;

/** Simple questions and their usual answers, for tasks about how to answer. */
final class BaseQuestions {

    /**
     * What a user says.
     *
     * @param country the country whose capital is asked for, {@code null} for a greeting
     */
    record Said(String text, Country country) {

        /** The usual answer, in English. */
        String answer() {
            return country == null ? "Hello! How can I help you?"
                    : "The capital of " + country.inSentence() + " is " + country.capital() + ".";
        }
    }

    /** With a capital of one word. */
    private static final Set<String> WELL_KNOWN = Set.of("France", "Spain", "Italy", "Portugal", "Austria", "Poland", "Greece",
            "Norway", "Sweden", "Ireland", "Hungary", "Switzerland", "Russia", "Turkey", "Egypt", "Japan", "China", "Canada",
            "Finland", "United Kingdom");
    /** Well-known ones: how to answer is the task here, not what. */
    static final List<Country> COUNTRIES = Countries.all().stream()
            .filter(country -> WELL_KNOWN.contains(country.name())).toList();

    private static final String CAPITAL = "What is the capital of {0}(?|?|)|(What's|Tell me|Give me|Name|Do you know|"
            + "I want to know|Can you tell me|I need) the (capital|capital city) of {0}(?|.|)|"
            + "(Which|What) city is {0}'s capital?|"
            + "(Which|What) city is the capital of {0}?|{0}'s capital(?|)|Capital of {0}(?|)|What is {0}'s capital( city|)?|"
            + "The capital of {0}(?|, please|)|(Say|Name|Find) the capital of {0}";
    private static final String NEXT_CAPITAL = "(And|And of|And the capital of|What about|What about the capital of|How about|"
            + "And what is the capital of) {0}(?|?|?|)";
    private static final String HELLO = "(Hi|Hello|Hey|Hi there|Hello there|Good day|Hello again|Hey there)(!|.|)";
    private static final double GREETED = 0.25;
    private static final double NEXT = 0.5;

    private BaseQuestions() {
    }

    /** A country to ask for. */
    static Country country(Source source) {
        return source.pick(COUNTRIES);
    }

    /** Perhaps a greeting, then questions for the capitals of different countries: two to four messages. */
    static List<Said> conversation(List<Country> countries, Source source) {
        List<Said> said = new ArrayList<>();
        if (source.chance(GREETED)) {
            said.add(greeting(source));
        }
        said.addAll(capitals(countries, source.between(2 - said.size(), 3), source));
        return said;
    }

    static Said greeting(Source source) {
        return new Said(source.say(HELLO), null);
    }

    /** Questions for different capitals, the later ones often short: "And of Spain?" */
    static List<Said> capitals(List<Country> countries, int count, Source source) {
        List<Said> said = new ArrayList<>();
        for (Country country : source.pickSome(countries, count)) {
            boolean next = !said.isEmpty() && source.chance(NEXT);
            said.add(new Said(source.say(next ? NEXT_CAPITAL : CAPITAL, country.inSentence()), country));
        }
        return said;
    }
}
