package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.BaseQuestions.Exchange;

/** The usual answers in other languages. */
final class BaseLanguages {

    /**
     * A language.
     *
     * @param talk answers to a greeting, to thanks, to a farewell, and to the question how one is
     * @param capitals English names of countries, and the sentence that names the capital
     */
    record Language(String name, List<String> talk, List<Exchange> capitals) {

        Exchange exchange(Source source) {
            int number = source.between(0, TALK.size() * 2);
            if (number < TALK.size()) {
                return new Exchange(source.say(TALK.get(number)), talk.get(number));
            }
            Exchange capital = source.pick(capitals);
            return new Exchange(source.say(BaseQuestions.CAPITAL, capital.question()), capital.answer());
        }
    }

    private static final List<String> TALK = List.of("(Hi|Hello|Hey|Hello there|Good day)(!|.|)", "(Thanks|Thank you|"
            + "Many thanks|Thank you very much)(!|.|)",
            "(Bye|Goodbye|See you)(!|.|)", "How are you( today| doing|)(?|)");

    static final List<Language> ALL = List.of(
            language("German", List.of("Hallo! Wie kann ich dir helfen?", "Gern geschehen!", "Auf Wiedersehen!",
                    "Mir geht es gut, danke."), "Die Hauptstadt von ",
                    " ist ", "France Frankreich Paris|Italy Italien Rom|Spain Spanien Madrid|Poland Polen Warschau|"
                            + "Portugal Portugal Lissabon|Norway Norwegen Oslo|"
                            + "Sweden Schweden Stockholm|Canada Kanada Ottawa|Japan Japan Tokio|China China Peking|"
                            + "Russia Russland Moskau|Cuba Kuba Havanna|"
                            + "Greece Griechenland Athen|Ireland Irland Dublin|Finland Finnland Helsinki|Peru Peru Lima|"
                            + "Hungary Ungarn Budapest"),
            language("French", List.of("Bonjour! Comment puis-je vous aider?", "Avec plaisir!", "Au revoir!",
                    "Je vais bien, merci."), "La capitale de ", " est ",
                    "France la_France Paris|Italy l'Italie Rome|Spain l'Espagne Madrid|Poland la_Pologne Varsovie|"
                            + "Russia la_Russie Moscou|China la_Chine Beijing|"
                            + "Ireland l'Irlande Dublin|Hungary la_Hongrie Budapest|Austria l'Autriche Vienne|"
                            + "Finland la_Finlande Helsinki|Turkey la_Turquie Ankara"),
            language("Spanish", List.of("Hola! En que puedo ayudarte?", "De nada!", "Hasta luego!", "Estoy bien, gracias."),
                    "La capital de ", " es ",
                    "Italy Italia Roma|Poland Polonia Varsovia|Portugal Portugal Lisboa|Norway Noruega Oslo|"
                            + "Sweden Suecia Estocolmo|"
                            + "Cuba Cuba La_Habana|Greece Grecia Atenas|Finland Finlandia Helsinki|Austria Austria Viena|"
                            + "Egypt Egipto El_Cairo|Chile Chile Santiago"));

    private BaseLanguages() {
    }

    private static Language language(String name, List<String> talk, String before, String between, String capitals) {
        List<Exchange> exchanges = new ArrayList<>();
        for (String capital : capitals.split("\\|")) {
            String[] parts = capital.split(" ");
            exchanges.add(new Exchange(parts[0], (before + parts[1] + between + parts[2] + ".").replace('_', ' ')));
        }
        return new Language(name, talk, exchanges);
    }
}
