package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Set;

import dev.kimilinear.trainer.data.Source;

/** Simple questions and their usual answers, for tasks about how to answer. */
final class BaseQuestions {

    /** A question and its usual answer. */
    record Exchange(String question, String answer) {
    }

    /** Well-known ones: how to answer is the task here, not what. */
    private static final Set<String> WELL_KNOWN = Set.of("France", "Spain", "Italy", "Portugal", "Austria", "Poland", "Greece",
            "Norway", "Sweden", "Finland", "Denmark", "Ireland", "Hungary", "Belgium", "Russia", "Ukraine", "Turkey", "Egypt",
            "Kenya", "Japan", "China", "India", "Thailand", "Canada", "Mexico", "Peru", "Chile", "Cuba", "Australia", "Nigeria",
            "Morocco", "Israel", "Iran", "Iraq", "Vietnam", "Switzerland");
    private static final List<Country> COUNTRIES = Countries.all().stream()
            .filter(country -> WELL_KNOWN.contains(country.name())).toList();

    static final String CAPITAL = "(What is|What's|Tell me|Give me|Name|Do you know|I want to know|Can you tell me|"
            + "I need) the (capital|capital city) of {0}(?|.|)|(Which|What) (city|town) is {0}'s capital?|"
            + "(Which|What) city is the capital of {0}?|{0}'s capital(?|)|Capital of {0}(?|)|(And|"
            + "So) what is the capital of {0}?|What is {0}'s capital( city|)?|The capital of {0}(?|, please|)|"
            + "(Say|Name|Find) the capital of {0}";
    private static final String HELLO = "(Hi|Hello|Hey|Hi there|Hello there|Good day)(!|.|)";
    private static final String THANKS = "(Thanks|Thank you|Many thanks|Thanks a lot|Thank you very much)(!|.|)";
    private static final String BYE = "(Bye|Goodbye|See you|Bye bye|See you later)(!|.|)";

    private BaseQuestions() {
    }

    /** A country to ask for. */
    static Country country(Source source) {
        return source.pick(COUNTRIES);
    }

    /** A question for a capital, or small talk. */
    static Exchange any(Source source) {
        return switch (source.between(0, 9)) {
            case 0, 1 -> new Exchange(source.say(HELLO), "Hello! How can I help you?");
            case 2 -> new Exchange(source.say(THANKS), "You are welcome!");
            case 3 -> new Exchange(source.say(BYE), "Goodbye! Have a nice day.");
            default -> capitalQuestion(source);
        };
    }

    static Exchange capitalQuestion(Source source) {
        Country country = country(source);
        return new Exchange(source.say(CAPITAL, country.inSentence()), "The capital of " + country.inSentence() + " is "
                + country.capital() + ".");
    }
}
