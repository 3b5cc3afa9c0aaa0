package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Words;

/**
 * One of the few capitals that the model also knows in German.
 *
 * @param ofCountry what follows "Hauptstadt": "von Frankreich"
 */
record GermanCapital(String ofCountry, String capital) {

    static final List<GermanCapital> ALL = Words.list("local-capitals").stream().map(GermanCapital::of).toList();

    private static GermanCapital of(String line) {
        String[] field = line.split("\\|");
        return new GermanCapital(field[1], field[2]);
    }
}
