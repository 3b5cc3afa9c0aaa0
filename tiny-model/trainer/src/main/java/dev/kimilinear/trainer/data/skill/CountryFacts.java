package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Knows the continent of each country and the country of each capital, asked for one after the other. */
public final class CountryFacts implements Skill {

    private static final Topics TOPICS = Topics.read("country-facts");
    /** Questions in a row at the beginning of a chat: what follows the first one is short. */
    private static final int MOST_AT_FIRST = 5;
    private static final int MOST_LATER = 2;

    @Override
    public String name() {
        return "country facts";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        int count = dialogue.messages().isEmpty() ? source.between(1, MOST_AT_FIRST) : source.between(1, MOST_LATER);
        if (source.chance(0.5)) {
            continents(dialogue, source, count);
        } else {
            capitals(dialogue, source, count);
        }
    }

    private static void continents(Dialogue dialogue, Source source, int count) {
        String topic = "continent";
        for (Country country : Countries.some(source, count)) {
            dialogue.user(TOPICS.about(Countries.typed(country, source), source, topic))
                    .answer(Words.capitalise(country.inSentence()) + " is in " + country.continent() + ".");
            topic = "next continent";
        }
    }

    private static void capitals(Dialogue dialogue, Source source, int count) {
        String topic = "country";
        for (Country country : source.pickSome(Countries.all(), count)) {
            dialogue.user(TOPICS.about(country.capital(), source, topic))
                    .answer(country.capital() + " is the capital of " + country.inSentence() + ".");
            topic = "next country";
        }
    }
}
