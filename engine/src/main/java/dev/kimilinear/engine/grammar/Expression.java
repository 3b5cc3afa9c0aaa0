package dev.kimilinear.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a text may look like: what GBNF and JSON schemas are read into, and a {@link Grammar} is made of. Characters are
 * there as the bytes of their UTF-8 form.
 */
sealed interface Expression {

    /** Nothing at all. */
    Expression EMPTY = new Sequence(List.of());

    /** One byte of a set. */
    record Byte(ByteSet set) implements Expression {
    }

    /** All parts one after the other. */
    record Sequence(List<Expression> parts) implements Expression {
    }

    /** One of the options; without any, nothing fits. */
    record Choice(List<Expression> options) implements Expression {
    }

    /**
     * A part several times.
     *
     * @param least 0 or more
     * @param most at least as many, or {@link #UNBOUNDED}
     */
    record Repeat(Expression part, int least, int most) implements Expression {

        static final int UNBOUNDED = -1;
    }

    /** What the rule of this name stands for. */
    record Rule(String name) implements Expression {
    }

    /** Exactly this text. */
    static Expression text(String text) {
        List<Expression> bytes = new ArrayList<>();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(new Byte(ByteSet.range(b & 0xff, b & 0xff)));
        }
        return bytes.size() == 1 ? bytes.getFirst() : new Sequence(bytes);
    }

    static Expression sequence(Expression... parts) {
        return new Sequence(List.of(parts));
    }

    static Expression choice(Expression... options) {
        return new Choice(List.of(options));
    }

    static Expression optional(Expression part) {
        return new Repeat(part, 0, 1);
    }

    static Expression repeat(Expression part, int least, int most) {
        return new Repeat(part, least, most);
    }
}
