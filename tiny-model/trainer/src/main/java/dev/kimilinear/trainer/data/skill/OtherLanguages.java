package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.Phrases.Phrase;

/** Small talk and names in German, French, Spanish and Chinese, capitals in German: the answer is in the user's language. */
public final class OtherLanguages implements Skill {

    private static final Map<ForeignLanguage, Phrases> PHRASES = phrases();
    private static final double GERMAN = 0.4;
    private static final List<ForeignLanguage> OTHERS = List.of(ForeignLanguage.FRENCH, ForeignLanguage.SPANISH,
            ForeignLanguage.CHINESE);
    /** In the order of a conversation. */
    private static final List<String> TALK = List.of(Phrases.HELLO, Phrases.HOW_ARE_YOU, Phrases.WHO_ARE_YOU, Phrases.THANKS,
            Phrases.BYE);
    private static final int MOST_TALK = 3;
    private static final int MOST_CAPITALS = 4;
    private static final double CAPITALS = 0.3;
    private static final double NAMES = 0.45;
    private static final double BETWEEN = 0.3;

    private static Map<ForeignLanguage, Phrases> phrases() {
        Map<ForeignLanguage, Phrases> all = new EnumMap<>(ForeignLanguage.class);
        for (ForeignLanguage language : ForeignLanguage.values()) {
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
        ForeignLanguage language = source.chance(GERMAN) ? ForeignLanguage.GERMAN : source.pick(OTHERS);
        Phrases phrases = PHRASES.get(language);
        if (language == ForeignLanguage.GERMAN && source.chance(CAPITALS)) {
            capitals(dialogue, source, phrases);
        } else if (source.chance(NAMES)) {
            name(dialogue, source, phrases);
        } else {
            talk(dialogue, source, phrases);
        }
    }

    private static void talk(Dialogue dialogue, Source source, Phrases phrases) {
        List<String> topics = new ArrayList<>(source.pickSome(TALK, source.between(1, MOST_TALK)));
        topics.sort(Comparator.comparing(TALK::indexOf));
        topics.forEach(topic -> exchange(dialogue, source, phrases.get(topic)));
    }

    private static void exchange(Dialogue dialogue, Source source, Phrase phrase, Object... contents) {
        dialogue.user(Phrases.say(source, phrase, contents)).answer(phrase.answer(contents));
    }

    /** The user says a name and asks for it, at once or a little later. */
    private static void name(Dialogue dialogue, Source source, Phrases phrases) {
        String name = source.firstName();
        exchange(dialogue, source, phrases.get(Phrases.NAME_TOLD), name);
        if (source.chance(BETWEEN)) {
            exchange(dialogue, source, phrases.get(source.pick(Phrases.HOW_ARE_YOU, Phrases.WHO_ARE_YOU)));
        }
        Phrase question = phrases.get(Phrases.NAME_ASKED);
        dialogue.user(Phrases.say(source, question)).answer(question.answer(name));
    }

    private static void capitals(Dialogue dialogue, Source source, Phrases phrases) {
        String topic = Phrases.CAPITAL;
        for (GermanCapital known : source.pickSome(GermanCapital.ALL, source.between(1, MOST_CAPITALS))) {
            Phrase phrase = phrases.get(topic);
            dialogue.user(Phrases.say(source, phrase, known.ofCountry()))
                    .answer(phrase.answer(known.ofCountry(), known.capital()));
            topic = Phrases.NEXT_CAPITAL;
        }
    }
}
