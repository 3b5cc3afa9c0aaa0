package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.function.Function;

import dev.kimilinear.trainer.data.Source;

/**
 * A field to extract.
 *
 * @param names what a request may call it, in words; the first is the usual one
 * @param number whether it holds a whole number, else a text
 */
record ExtractionField(List<String> names, boolean number, Function<Source, Object> value) {

    /** @param names separated by commas */
    static ExtractionField text(String names, Function<Source, String> value) {
        return new ExtractionField(List.of(names.split(", ")), false, value::apply);
    }

    /** @param names separated by commas */
    static ExtractionField number(String names, int least, int most) {
        return new ExtractionField(List.of(names.split(", ")), true, source -> source.between(least, most));
    }
}
