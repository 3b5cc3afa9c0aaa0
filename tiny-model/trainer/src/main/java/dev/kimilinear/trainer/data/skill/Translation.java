package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Translates common words from English to German, French, Spanish and Chinese, and back. */
public final class Translation implements Skill {

    private static final Topics TOPICS = Topics.read("translation");
    /** English, then in the order of {@link Language}. */
    private static final List<List<String>> ROWS = Words.list("translations").stream().map(row -> List.of(row.split("\\|")))
            .toList();
    private static final double UNKNOWN = 0.1;

    @Override
    public String name() {
        return "translation";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Language language = source.pick(Language.GERMAN, Language.GERMAN, Language.FRENCH, Language.SPANISH, Language.CHINESE);
        List<String> row = source.pick(ROWS);
        String english = row.getFirst();
        String foreign = row.get(1 + language.ordinal());
        boolean into = source.chance(0.65);
        if (source.chance(UNKNOWN)) {
            dialogue.user(TOPICS.say(source, into ? "into" : "back", source.inventedWord(), language.english()))
                    .answer(Topics.DO_NOT_KNOW);
        } else if (into) {
            dialogue.user(TOPICS.say(source, "into", typed(english, source), typed(language.english(), source)))
                    .answer(Words.capitalise(english) + " in " + language.english() + " is " + foreign + ".");
        } else {
            dialogue.user(TOPICS.say(source, "back", typed(foreign, source), typed(language.english(), source)))
                    .answer(Words.capitalise(foreign) + " in English is " + english + ".");
        }
    }

    /** Now and then in lower case. */
    private static String typed(String word, Source source) {
        return source.chance(0.1) ? word.toLowerCase(Locale.ROOT) : word;
    }
}
