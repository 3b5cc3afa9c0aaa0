package dev.kimilinear.engine.grammar;

import static dev.kimilinear.engine.grammar.Expression.choice;
import static dev.kimilinear.engine.grammar.Expression.optional;
import static dev.kimilinear.engine.grammar.Expression.repeat;
import static dev.kimilinear.engine.grammar.Expression.sequence;
import static dev.kimilinear.engine.grammar.Expression.text;

/**
 * How JSON may be written where JSON itself leaves a choice.
 *
 * @param space behind an opening and in front of a closing bracket
 * @param comma between elements
 * @param colon between a key and its value
 * @param character one character of a string: what counts as one in its length
 * @param exponents whether numbers may have one
 */
record JsonStyle(Expression space, Expression comma, Expression colon, Expression character, boolean exponents) {

    /** The characters that stand in strings as they are. */
    static final Characters PLAIN = Characters.of("\"\\").with(0, 0x1f).complement();

    private static final Expression HEX = Characters.of("0123456789abcdefABCDEF").expression();
    private static final Expression SPACE = optional(choice(text(" "), sequence(repeat(text("\n"), 1, 2),
            repeat(Characters.of(" \t").expression(), 0, 20))));

    /**
     * White space is at most one blank, or a line break or two with an indentation of 20. Escapes by number leave out the
     * halves of surrogate pairs, so that an escape is one character.
     */
    private static final JsonStyle FREE = new JsonStyle(SPACE, sequence(text(","), SPACE),
            sequence(text(":"), optional(text(" "))),
            choice(PLAIN.expression(), sequence(text("\\"), choice(Characters.of("\"\\/bfnrt").expression(),
                    sequence(text("u"), choice(
                            sequence(Characters.of("0123456789abcABCefEF").expression(), HEX, HEX, HEX),
                            sequence(Characters.of("dD").expression(), Characters.of("01234567").expression(), HEX, HEX)))))),
            true);

    /** A character as Python's {@code json.dumps} writes it with {@code ensure_ascii=False}. */
    private static final Expression PLAINEST = choice(PLAIN.expression(),
            sequence(text("\\"), choice(Characters.of("\"\\bfnrt").expression(),
                    sequence(text("u00"), choice(
                            sequence(text("0"), Characters.of("01234567bef").expression()),
                            sequence(text("1"), Characters.of("0123456789abcdef").expression()))))));

    private static final JsonStyle SPACED = new JsonStyle(Expression.EMPTY, text(", "), text(": "), PLAINEST, false);
    private static final JsonStyle COMPACT = new JsonStyle(Expression.EMPTY, text(","), text(":"), PLAINEST, false);

    static JsonStyle of(JsonWriting writing) {
        return switch (writing) {
            case SPACED -> SPACED;
            case COMPACT -> COMPACT;
            case ANY -> FREE;
        };
    }
}
