package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Knows the continent, the currency, the language and the people of each country, and in which country a capital is. */
public final class CountryFacts implements Skill {

    /** What is known of a country, with the sentence that says it. */
    private enum Fact {
        CONTINENT(Country::continent,
                country -> Words.capitalise(country.inSentence()) + " is in " + country.continent() + "."),
        CURRENCY(Country::currency,
                country -> "The currency of " + country.inSentence() + " is the " + country.currency() + "."),
        LANGUAGE(Country::language, country -> "People in " + country.inSentence() + " speak " + country.language() + "."),
        PEOPLE(Country::people, country -> "People from " + country.inSentence() + " are " + country.people() + "."),
        CAPITAL(Country::capital, country -> "The capital of " + country.inSentence() + " is " + country.capital() + ".");

        private final Function<Country, String> value;
        private final Function<Country, String> sentence;
        /** The countries that alone have their value. */
        private final List<Country> unique;

        Fact(Function<Country, String> value, Function<Country, String> sentence) {
            this.value = value;
            this.sentence = sentence;
            Map<String, Long> counts = Countries.all().stream().collect(Collectors.groupingBy(value, Collectors.counting()));
            unique = Countries.all().stream().filter(country -> counts.get(value.apply(country)) == 1).toList();
        }

        String topic() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Topics TOPICS = Topics.read("country-facts");
    private static final List<Fact> ASKED_FIRST = List.of(Fact.CONTINENT, Fact.CONTINENT, Fact.CURRENCY, Fact.LANGUAGE,
            Fact.PEOPLE);
    private static final List<String> CONTINENTS = Countries.all().stream().map(Country::continent).distinct().toList();
    private static final List<String> CURRENCIES = Countries.all().stream().map(Country::currency).distinct().toList();
    private static final double FOLLOWS = 0.35;
    private static final double UNKNOWN = 0.08;

    @Override
    public String name() {
        return "country facts";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 19)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> sameFact(dialogue, source);
            case 8, 9, 10, 11 -> sameCountry(dialogue, source);
            case 12, 13 -> place(dialogue, source);
            case 14, 15 -> reverse(dialogue, source);
            case 16, 17, 18 -> yesOrNo(dialogue, source);
            default -> dialogue.user(TOPICS.about(Countries.typed(Countries.any(source), source), source, "unknown"))
                    .answer(Topics.DO_NOT_KNOW);
        }
    }

    /** One fact of one country, then perhaps of others: "And in Spain?" */
    private static void sameFact(Dialogue dialogue, Source source) {
        Fact fact = source.pick(ASKED_FIRST);
        String topic = fact.topic();
        int left = 3;
        do {
            if (source.chance(UNKNOWN)) {
                String name = Countries.none(source);
                dialogue.user(TOPICS.about(source.say("{0}", name), source, topic))
                        .answer(unknown(fact, name));
            } else {
                Country country = Countries.any(source);
                dialogue.user(TOPICS.about(Countries.typed(country, source), source, topic))
                        .answer(fact.sentence.apply(country));
            }
            topic = "next";
            left--;
        } while (left > 0 && source.chance(FOLLOWS));
    }

    private static String unknown(Fact fact, String name) {
        return fact == Fact.CONTINENT ? "I do not know where " + name + " is." : "I do not know a country called " + name + ".";
    }

    /** Several facts of one country: "And its currency?" */
    private static void sameCountry(Dialogue dialogue, Source source) {
        Country country = Countries.any(source);
        List<Fact> facts = new ArrayList<>(source.pickSome(Arrays.asList(Fact.values()), source.between(2, 3)));
        if (facts.getFirst() == Fact.CAPITAL) {
            facts.add(facts.removeFirst());
        }
        for (Fact fact : facts) {
            dialogue.user(TOPICS.about(Countries.typed(country, source), source, topic(fact, facts)))
                    .answer(fact.sentence.apply(country));
        }
    }

    private static String topic(Fact fact, List<Fact> facts) {
        return fact == facts.getFirst() ? fact.topic() : "its " + fact.topic();
    }

    private static void place(Dialogue dialogue, Source source) {
        if (source.chance(0.2)) {
            String city = Countries.noCapital(source);
            dialogue.user(TOPICS.about(source.say("{0}", city), source, "place")).answer(unknown(Fact.CONTINENT, city));
            return;
        }
        Country country = source.pick(Countries.all());
        if (country.capital().equals(country.name())) {
            dialogue.user(TOPICS.about(country.name(), source, "continent")).answer(Fact.CONTINENT.sentence.apply(country));
            return;
        }
        dialogue.user(TOPICS.about(country.capital(), source, "place"))
                .answer(country.capital() + " is in " + country.inSentence() + ".");
    }

    private static void reverse(Dialogue dialogue, Source source) {
        Fact fact = source.pick(Fact.CURRENCY, Fact.LANGUAGE, Fact.PEOPLE);
        Country country = source.pick(fact.unique);
        dialogue.user(TOPICS.about(fact.value.apply(country), source, "whose " + fact.topic()))
                .answer(fact.sentence.apply(country));
    }

    private static void yesOrNo(Dialogue dialogue, Source source) {
        Country country = Countries.any(source);
        Fact fact = source.chance(0.7) ? Fact.CONTINENT : Fact.CURRENCY;
        String right = fact.value.apply(country);
        String said = source.chance(0.5) ? right : source.pick(fact == Fact.CONTINENT ? CONTINENTS : CURRENCIES);
        String sentence = fact.sentence.apply(country);
        boolean lower = country.article() || fact == Fact.CURRENCY;
        dialogue.user(TOPICS.about(Countries.typed(country, source), source, fact.topic() + " right", said))
                .answer((said.equals(right) ? "Yes, " : "No, ")
                        + (lower ? sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1) : sentence));
    }
}
