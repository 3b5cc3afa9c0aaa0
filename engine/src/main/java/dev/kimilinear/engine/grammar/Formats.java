package dev.kimilinear.engine.grammar;

import static dev.kimilinear.engine.grammar.Expression.choice;
import static dev.kimilinear.engine.grammar.Expression.optional;
import static dev.kimilinear.engine.grammar.Expression.repeat;
import static dev.kimilinear.engine.grammar.Expression.sequence;
import static dev.kimilinear.engine.grammar.Expression.text;

import dev.kimilinear.engine.api.UnsupportedSchemaException;

/** The texts that have a format of JSON Schema, section 7.3 of its validation part: dates and times of RFC 3339, and UUIDs. */
final class Formats {

    private static final Expression DIGIT = digits("0123456789");
    private static final Expression UP_TO_59 = sequence(digits("012345"), DIGIT);
    private static final Expression UP_TO_23 = choice(sequence(digits("01"), DIGIT), sequence(text("2"), digits("0123")));
    /** Days that the month has in every year. */
    private static final Expression DAY_OF_MONTH = choice(
            sequence(choice(sequence(text("0"), digits("13578")), sequence(text("1"), digits("02"))), text("-"),
                    choice(upTo29(), sequence(text("3"), digits("01")))),
            sequence(choice(sequence(text("0"), digits("469")), text("11")), text("-"), choice(upTo29(), text("30"))),
            sequence(text("02-"), choice(upTo19(), sequence(text("2"), digits("012345678")))));
    private static final Expression DATE = sequence(repeat(DIGIT, 4, 4), text("-"), DAY_OF_MONTH);
    private static final Expression TIME = sequence(UP_TO_23, text(":"), UP_TO_59, text(":"), UP_TO_59,
            optional(sequence(text("."), repeat(DIGIT, 1, 9))),
            choice(text("Z"), sequence(digits("+-"), UP_TO_23, text(":"), UP_TO_59)));
    private static final Expression HEX = digits("0123456789abcdef");
    private static final Expression UUID = sequence(repeat(HEX, 8, 8), text("-"), repeat(HEX, 4, 4), text("-"),
            repeat(HEX, 4, 4), text("-"), repeat(HEX, 4, 4), text("-"), repeat(HEX, 12, 12));

    private Formats() {
    }

    /** @param place where in the schema it is named */
    static Expression of(String format, String place) {
        return switch (format) {
            case "date" -> DATE;
            case "time" -> TIME;
            case "date-time" -> sequence(DATE, text("T"), TIME);
            case "uuid" -> UUID;
            default -> throw new UnsupportedSchemaException("JSON schema at " + place + ": format \"" + format
                    + "\" is not supported, only date, time, date-time and uuid are. Leave it out, and say in a description "
                    + "what is meant.");
        };
    }

    private static Expression digits(String digits) {
        return Characters.of(digits).expression();
    }

    private static Expression upTo19() {
        return choice(sequence(text("0"), digits("123456789")), sequence(text("1"), digits("0123456789")));
    }

    private static Expression upTo29() {
        return choice(upTo19(), sequence(text("2"), digits("0123456789")));
    }
}
