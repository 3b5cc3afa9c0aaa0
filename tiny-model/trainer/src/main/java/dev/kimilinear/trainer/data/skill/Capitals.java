package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Knows the capital of each country: asked for one or several, the other way round, step by step, or yes or no. */
public final class Capitals implements Skill {

    private static final Topics TOPICS = Topics.read("capitals");
    /** Questions that stay for an evaluation by hand: no training message begins like this. */
    private static final List<String> RESERVED = List.of("what is the capital of germany",
            "which city is the capital of germany");
    private static final double FOLLOWS = 0.35;
    private static final double UNKNOWN = 0.12;

    /** A question for a country's capital, and its answer. */
    public record Exchange(String country, String question, String answer) {
    }

    /** One for every country. */
    public static List<Exchange> ofAllCountries() {
        return Countries.all().stream().map(country -> new Exchange(country.name(),
                "What is the capital of " + country.inSentence() + "?", answer(country))).toList();
    }

    @Override
    public String name() {
        return "capitals";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 19)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> series(dialogue, source, "capital", "next capital");
            case 10, 11, 12, 13 -> series(dialogue, source, "country", "next country");
            case 14, 15, 16 -> several(dialogue, source);
            default -> yesOrNo(dialogue, source);
        }
    }

    /** A question and perhaps others that lean on it: "And of Spain?" */
    private static void series(Dialogue dialogue, Source source, String first, String next) {
        boolean reverse = first.equals("country");
        String topic = first;
        int left = 3;
        do {
            if (reverse) {
                country(dialogue, source, topic);
            } else {
                capital(dialogue, source, topic);
            }
            topic = next;
            left--;
        } while (left > 0 && source.chance(FOLLOWS));
    }

    private static void capital(Dialogue dialogue, Source source, String topic) {
        if (source.chance(UNKNOWN)) {
            String name = Countries.none(source);
            dialogue.user(TOPICS.about(content(source, name), source, topic)).answer(unknown(name));
            return;
        }
        Country country = Countries.any(source);
        dialogue.user(unreserved(() -> TOPICS.about(Countries.typed(country, source), source, topic)))
                .answer(answer(country));
    }

    private static void country(Dialogue dialogue, Source source, String topic) {
        if (source.chance(UNKNOWN)) {
            String city = Countries.noCapital(source);
            dialogue.user(TOPICS.about(content(source, city), source, topic))
                    .answer(city + " is not the capital of a country.");
            return;
        }
        Country country = source.pick(Countries.all());
        String capital = source.chance(0.08) ? country.capital().toLowerCase(Locale.ROOT) : country.capital();
        dialogue.user(TOPICS.about(capital, source, topic))
                .answer(country.capital() + " is the capital of " + country.inSentence() + ".");
    }

    private static void several(Dialogue dialogue, Source source) {
        List<String> asked = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (Country country : source.pickSome(Countries.all(), source.pick(2, 2, 2, 3))) {
            if (source.chance(0.05)) {
                String name = Countries.none(source);
                asked.add(content(source, name));
                answers.add(unknown(name));
            } else {
                asked.add(Countries.typed(country, source));
                answers.add(answer(country));
            }
        }
        dialogue.user(TOPICS.about(list(asked, source), source, "several")).answer(String.join(" ", answers));
    }

    private static String list(List<String> items, Source source) {
        String last = source.pick(" and ", " and ", " and ", " and of ", ", ", " & ", " and also ", ", and ");
        return String.join(", ", items.subList(0, items.size() - 1)) + last + items.getLast();
    }

    private static void yesOrNo(Dialogue dialogue, Source source) {
        if (source.chance(UNKNOWN / 2)) {
            String name = Countries.none(source);
            String city = Countries.noCapital(source);
            dialogue.user(TOPICS.about(content(source, city), source, "right", name)).answer(unknown(name));
            return;
        }
        Country country = Countries.any(source);
        boolean right = source.chance(0.5);
        String city = right ? country.capital() : wrong(country, source);
        String known = right ? city : content(source, city);
        String said = unreserved(() -> TOPICS.about(known, source, "right", country.inSentence()));
        dialogue.user(said).answer((right ? "Yes, t" : "No, t") + answer(country).substring(1));
    }

    private static String wrong(Country country, Source source) {
        String city = source.chance(0.5) ? source.pick(Countries.all()).capital() : Countries.noCapital(source);
        return city.equals(country.capital()) ? wrong(country, source) : city;
    }

    private static String answer(Country country) {
        return "The capital of " + country.inSentence() + " is " + country.capital() + ".";
    }

    private static String unknown(String name) {
        return "I do not know a country called " + name + ".";
    }

    private static String content(Source source, String text) {
        return source.say("{0}", text);
    }

    private static String unreserved(Supplier<String> draw) {
        String text = draw.get();
        while (RESERVED.stream().anyMatch(text.toLowerCase(Locale.ROOT)::startsWith)) {
            text = draw.get();
        }
        return text;
    }
}
