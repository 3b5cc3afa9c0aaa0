package dev.kimilinear.trainer.data.skill;

import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Calculates with two numbers: sums and differences of up to three digits, products and quotients of the times table. */
public final class Arithmetic implements Skill {

    private static final Topics TOPICS = Topics.read("arithmetic");
    /** An expression inside a sentence, by operator. */
    private static final String PLUS = "({0} + {1}|{0} + {1}|{0}+{1}|{0} plus {1}|{0} plus {1})";
    private static final String MINUS = "({0} - {1}|{0} - {1}|{0}-{1}|{0} minus {1}|{0} minus {1})";
    private static final String TIMES = "({0} * {1}|{0} * {1}|{0}*{1}|{0} x {1}|{0} times {1}|{0} times {1}|{0} × {1})";
    private static final String THROUGH = "({0} / {1}|{0} / {1}|{0}/{1}|{0} : {1}|{0} divided by {1}|{0} divided by {1}"
            + "|{0} ÷ {1})";
    private static final Pattern RESERVED = Pattern.compile("\\b2\\+2\\b");
    private static final int TABLE = 12;
    /** Sums in a row at the beginning of a chat: what follows the first one is short. */
    private static final int MOST_AT_FIRST = 6;
    private static final int MOST_LATER = 2;
    private static final double PLAIN = 0.25;
    private static final double OWN_WORDING = 0.25;
    private static final double SHORT = 0.7;

    @Override
    public String name() {
        return "arithmetic";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        int sums = dialogue.messages().isEmpty() ? source.between(1, MOST_AT_FIRST) : source.between(1, MOST_LATER);
        for (int i = 0; i < sums; i++) {
            boolean next = i > 0 && source.chance(SHORT);
            Expression expression = draw(source);
            dialogue.user(question(next, expression, source)).answer(expression.equation());
        }
    }

    private static String question(boolean next, Expression expression, Source source) {
        Object[] numbers = Numbers.typed(source, expression.left(), expression.right());
        String said;
        do {
            said = !next && source.chance(OWN_WORDING)
                    ? TOPICS.say(source, String.valueOf(expression.operator()), numbers)
                    : TOPICS.about(source.say(pattern(expression.operator()), numbers), source, topic(next, source));
        } while (isReserved(said));
        return said;
    }

    private static String topic(boolean next, Source source) {
        return next ? "next" : source.chance(PLAIN) ? "plain" : "value";
    }

    /** "2+2" without spaces stays for an evaluation by hand. */
    private static boolean isReserved(String said) {
        return RESERVED.matcher(Dialogue.withoutMarks(said)).find();
    }

    private static String pattern(char operator) {
        return switch (operator) {
            case '+' -> PLUS;
            case '-' -> MINUS;
            case '*' -> TIMES;
            default -> THROUGH;
        };
    }

    private static Expression draw(Source source) {
        return switch (source.between(0, 19)) {
            case 0, 1, 2, 3, 4, 5, 6 -> large('+', source);
            case 7, 8, 9, 10 -> large('-', source);
            case 11, 12 -> small(source);
            case 13, 14, 15, 16 -> product(source);
            default -> quotient(source);
        };
    }

    /** Numbers of up to three digits, at least one of them with two. */
    private static Expression large(char operator, Source source) {
        return source.owned(() -> {
            int[] digits = source.pick(new int[][] { { 2, 1 }, { 2, 1 }, { 1, 2 }, { 2, 2 }, { 2, 2 }, { 2, 2 }, { 2, 2 },
                    { 2, 2 }, { 3, 1 }, { 3, 2 }, { 3, 3 } });
            return ordered(Numbers.ofDigits(digits[0], source), operator, Numbers.ofDigits(digits[1], source));
        });
    }

    /** Without negative results. */
    private static Expression ordered(int left, char operator, int right) {
        boolean swap = operator == '-' && left < right;
        return swap ? new Expression(right, operator, left) : new Expression(left, operator, right);
    }

    /** What everybody knows by heart: too few to be divided between the splits. */
    private static Expression small(Source source) {
        return ordered(source.between(0, 10), source.pick('+', '+', '-'), source.between(0, 10));
    }

    private static Expression product(Source source) {
        return new Expression(source.between(1, TABLE), '*', source.between(1, TABLE));
    }

    private static Expression quotient(Source source) {
        int by = source.between(1, TABLE);
        return new Expression(source.between(1, TABLE) * by, '/', by);
    }
}
