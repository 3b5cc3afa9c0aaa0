package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Knows the capital of each country: asked for one after the other, or yes or no. */
public final class Capitals implements Skill {

    private static final Topics TOPICS = Topics.read("capitals");
    /** Questions that stay for an evaluation by hand: no training message begins like this. */
    private static final List<String> RESERVED = List.of("what is the capital of germany",
            "which city is the capital of germany");
    private static final double YES_OR_NO = 0.15;
    /** Countries in a row at the beginning of a chat: what follows the first question is short. */
    private static final int MOST_AT_FIRST = 5;
    private static final int MOST_LATER = 2;

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
        if (source.chance(YES_OR_NO)) {
            yesOrNo(dialogue, source);
        } else {
            series(dialogue, source);
        }
    }

    /** A question and perhaps others that lean on it: "And of Spain?" */
    private static void series(Dialogue dialogue, Source source) {
        int count = dialogue.messages().isEmpty() ? source.between(1, MOST_AT_FIRST) : source.between(1, MOST_LATER);
        String topic = "capital";
        for (Country country : Countries.some(source, count)) {
            String about = topic;
            dialogue.user(unreserved(() -> TOPICS.about(Countries.typed(country, source), source, about)))
                    .answer(answer(country));
            topic = "next capital";
        }
    }

    private static void yesOrNo(Dialogue dialogue, Source source) {
        Country country = Countries.some(source, 1).getFirst();
        boolean right = source.chance(0.5);
        String city = right ? country.capital() : wrong(country, source);
        dialogue.user(TOPICS.about(city, source, "right", country.inSentence()))
                .answer((right ? "Yes, t" : "No, t") + answer(country).substring(1));
    }

    private static String wrong(Country country, Source source) {
        String city = source.pick(Countries.all()).capital();
        return city.equals(country.capital()) ? wrong(country, source) : city;
    }

    private static String answer(Country country) {
        return "The capital of " + country.inSentence() + " is " + country.capital() + ".";
    }

    private static String unreserved(Supplier<String> draw) {
        String text = draw.get();
        while (RESERVED.stream().anyMatch(text.toLowerCase(Locale.ROOT)::startsWith)) {
            text = draw.get();
        }
        return text;
    }
}
