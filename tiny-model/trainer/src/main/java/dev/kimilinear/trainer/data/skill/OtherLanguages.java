package dev.kimilinear.trainer.data.skill;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.Phrases.Phrase;

/** Small talk, capitals, names and sums in German, French, Spanish and Chinese: the answer is in the user's language. */
public final class OtherLanguages implements Skill {

    private static final Map<Language, Phrases> PHRASES = phrases();
    private static final List<Language> SHARES = List.of(Language.GERMAN, Language.GERMAN, Language.GERMAN, Language.GERMAN,
            Language.FRENCH, Language.FRENCH, Language.FRENCH, Language.SPANISH, Language.SPANISH, Language.SPANISH,
            Language.CHINESE, Language.CHINESE);
    private static final double FOLLOWS = 0.4;

    private static Map<Language, Phrases> phrases() {
        Map<Language, Phrases> all = new EnumMap<>(Language.class);
        for (Language language : Language.values()) {
            all.put(language, Phrases.of(language));
        }
        return all;
    }

    @Override
    public String name() {
        return "languages";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Language language = source.pick(SHARES);
        Phrases phrases = PHRASES.get(language);
        switch (source.between(0, 19)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> {
                chat(dialogue, source, phrases);
                if (source.chance(FOLLOWS)) {
                    chat(dialogue, source, phrases);
                }
            }
            case 8, 9, 10, 11 -> capitals(dialogue, source, language);
            case 12, 13, 14, 15 -> name(dialogue, source, phrases);
            case 16, 17 -> calculation(dialogue, source, phrases);
            default -> unknown(dialogue, source, phrases);
        }
    }

    private static void chat(Dialogue dialogue, Source source, Phrases phrases) {
        Phrase phrase = phrases.any("chat", source);
        dialogue.user(Phrases.say(source, phrase)).answer(phrase.answer());
    }

    private static void capitals(Dialogue dialogue, Source source, Language language) {
        String topic = "capital";
        do {
            Phrase phrase = PHRASES.get(language).any(topic, source);
            Country.Local local = source.pick(Countries.known(language)).local().get(language);
            String typed = source.chance(0.1) ? local.ofCountry().toLowerCase(Locale.ROOT) : local.ofCountry();
            dialogue.user(Phrases.say(source, phrase, typed)).answer(phrase.answer(local.ofCountry(), local.capital()));
            topic = "next capital";
        } while (source.chance(FOLLOWS));
    }

    /** The user says a name and asks for it later, or asks for what was never said. */
    private static void name(Dialogue dialogue, Source source, Phrases phrases) {
        Phrase question = phrases.any("asked name", source);
        if (dialogue.messages().isEmpty() && source.chance(0.1)) {
            dialogue.user(Phrases.say(source, question)).answer(phrases.any("unknown", source).answer());
            return;
        }
        String name = source.firstName();
        Phrase introduction = phrases.any("name", source);
        dialogue.user(Phrases.say(source, introduction, name)).answer(introduction.answer(name));
        while (source.chance(0.3)) {
            chat(dialogue, source, phrases);
        }
        if (source.chance(0.75)) {
            dialogue.user(Phrases.say(source, question)).answer(question.answer(name));
        }
    }

    private static void calculation(Dialogue dialogue, Source source, Phrases phrases) {
        boolean plus = source.chance(0.6);
        int most = source.pick(10, 20, 99);
        Expression expression = source.owned(() -> {
            int one = source.between(0, most);
            int other = source.between(0, most);
            return plus ? new Expression(one, '+', other) : new Expression(Math.max(one, other), '-', Math.min(one, other));
        });
        Phrase phrase = phrases.any(plus ? "sum" : "difference", source);
        dialogue.user(Phrases.say(source, phrase, expression.left(), expression.right()))
                .answer(phrase.answer(expression.left(), expression.right(), expression.result()));
    }

    private static void unknown(Dialogue dialogue, Source source, Phrases phrases) {
        Phrase phrase = phrases.any("unknown", source);
        String about = source.chance(0.7) ? source.firstName() : source.city();
        dialogue.user(Phrases.say(source, phrase, about)).answer(phrase.answer());
    }
}
