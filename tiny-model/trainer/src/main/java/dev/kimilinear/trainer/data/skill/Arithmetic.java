package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Calculates with two numbers: sums and differences to three digits, products and quotients around the times table. */
public final class Arithmetic implements Skill {

    private static final Topics TOPICS = Topics.read("arithmetic");
    /** An expression inside a sentence, by operator. */
    private static final String PLUS = "({0} + {1}|{0} + {1}|{0}+{1}|{0} plus {1}|{0} plus {1}|{0} and {1}|{0} +{1})";
    /** Among others: "and" stands between them. */
    private static final String PLUS_AMONG_OTHERS = "({0} + {1}|{0}+{1}|{0} plus {1})";
    private static final String MINUS = "({0} - {1}|{0} - {1}|{0}-{1}|{0} minus {1}|{0} minus {1}|{0} -{1})";
    private static final String TIMES = "({0} * {1}|{0}*{1}|{0} x {1}|{0}x{1}|{0} times {1}|{0} times {1}|{0} × {1}"
            + "|{0} multiplied by {1})";
    private static final String THROUGH = "({0} / {1}|{0}/{1}|{0} : {1}|{0} divided by {1}"
            + "|{0} divided by {1}|{0} ÷ {1}|{0} over {1})";
    private static final Pattern RESERVED = Pattern.compile("\\b2\\+2\\b");
    private static final int TABLE = 12;
    private static final double OWN_WORDING = 0.3;
    private static final double CONTINUED = 0.15;
    private static final double SEVERAL = 0.3;
    private static final int MOST_TOGETHER = 6;

    @Override
    public String name() {
        return "arithmetic";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 99)) {
            case 0, 1, 2, 3 -> tooHard(dialogue, source);
            case 4, 5 -> square(dialogue, source);
            case 6, 7, 8 -> difference(dialogue, source);
            default -> {
                if (source.chance(SEVERAL)) {
                    several(dialogue, source);
                    return;
                }
                Expression expression = draw(source);
                ask(dialogue, source, expression);
                if (source.chance(CONTINUED) && expression.operator() != '/') {
                    continued(dialogue, source, expression.result());
                }
            }
        }
    }

    /** "12+3, 40-5 and 7*8?" */
    private static void several(Dialogue dialogue, Source source) {
        int count = source.between(2, MOST_TOGETHER);
        StringBuilder asked = new StringBuilder();
        List<String> answers = new ArrayList<>();
        String between = source.pick(", ", ", ", "; ");
        String last = source.pick(between, " and ", ", and ");
        for (int i = 0; i < count; i++) {
            Expression expression = draw(source);
            String pattern = expression.operator() == '+' ? PLUS_AMONG_OTHERS : pattern(expression.operator());
            asked.append(i == 0 ? "" : i + 1 == count ? last : between)
                    .append(source.say(pattern, Numbers.typed(source, expression.left(), expression.right())));
            answers.add(answer(expression));
        }
        String said = TOPICS.about(asked.toString(), source, "value");
        if (!isReserved(said)) {
            dialogue.user(said).answer(String.join(" ", answers));
        } else {
            several(dialogue, source);
        }
    }

    private static void ask(Dialogue dialogue, Source source, Expression expression) {
        Object[] numbers = Numbers.typed(source, expression.left(), expression.right());
        String said;
        do {
            said = source.chance(OWN_WORDING) ? TOPICS.say(source, String.valueOf(expression.operator()), numbers)
                    : TOPICS.about(source.say(pattern(expression.operator()), numbers), source, "value");
        } while (isReserved(said));
        dialogue.user(said).answer(answer(expression));
    }

    /** "2+2" without spaces stays for an evaluation by hand. */
    private static boolean isReserved(String said) {
        return RESERVED.matcher(Dialogue.withoutMarks(said)).find();
    }

    private static String answer(Expression expression) {
        if (expression.operator() == '/') {
            if (expression.right() == 0) {
                return "I cannot divide by 0.";
            }
            if (expression.left() % expression.right() != 0) {
                return expression.left() + " / " + expression.right() + " is not a whole number.";
            }
        }
        return expression.equation();
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
        return switch (source.between(0, 10)) {
            case 0, 1, 2, 3, 4 -> large(source, '+');
            case 5, 6, 7 -> large(source, '-');
            case 8 -> small(source);
            case 9 -> product(source);
            default -> quotient(source);
        };
    }

    /** Numbers of up to three digits, three quarters of them with three. */
    private static Expression large(Source source, char operator) {
        return source.owned(() -> {
            int[] digits = source.pick(new int[][] { { 3, 3 }, { 3, 3 }, { 3, 3 }, { 3, 3 }, { 3, 2 }, { 2, 3 }, { 3, 1 },
                    { 2, 2 }, { 2, 2 }, { 2, 2 }, { 2, 1 }, { 1, 2 } });
            return ordered(source, Numbers.ofDigits(digits[0], source), operator, Numbers.ofDigits(digits[1], source));
        });
    }

    /** Mostly without negative results. */
    private static Expression ordered(Source source, int left, char operator, int right) {
        boolean swap = operator == '-' && left < right && source.chance(0.8);
        return swap ? new Expression(right, operator, left) : new Expression(left, operator, right);
    }

    /** What everybody knows by heart. */
    private static Expression small(Source source) {
        return ordered(source, source.between(0, 10), source.pick('+', '+', '-'), source.between(0, 10));
    }

    private static Expression product(Source source) {
        if (source.chance(0.6)) {
            return new Expression(source.between(0, TABLE), '*', source.between(0, TABLE));
        }
        return source.owned(() -> {
            int one = source.between(2, 10);
            int two = source.between(TABLE + 1, 99);
            return source.chance(0.5) ? new Expression(one, '*', two) : new Expression(two, '*', one);
        });
    }

    private static Expression quotient(Source source) {
        int by = source.between(1, TABLE);
        if (source.chance(0.03)) {
            return new Expression(source.between(1, 99), '/', 0);
        }
        if (source.chance(0.12)) {
            return new Expression(source.between(0, TABLE) * by + source.between(0, by - 1), '/', by);
        }
        return new Expression(source.between(0, TABLE) * by, '/', by);
    }

    /** A calculation with the result: "And plus 10?" */
    private static void continued(Dialogue dialogue, Source source, int left) {
        if (left < 0 || left > 999) {
            return;
        }
        char operator = source.pick('+', '-');
        Expression expression = source.owned(() -> new Expression(left, operator, source.between(1, source.pick(9, 20, 99))));
        dialogue.user(TOPICS.say(source, "then " + operator, Numbers.typed(source, expression.right())))
                .answer(expression.equation());
    }

    private static void square(Dialogue dialogue, Source source) {
        int number = source.between(0, TABLE);
        dialogue.user(TOPICS.say(source, "square", Numbers.typed(source, number)))
                .answer(new Expression(number, '*', number).equation());
    }

    private static void difference(Dialogue dialogue, Source source) {
        Expression expression = large(source, '-');
        int larger = Math.max(expression.left(), expression.right());
        int smaller = Math.min(expression.left(), expression.right());
        dialogue.user(TOPICS.say(source, "difference", Numbers.typed(source, expression.left(), expression.right())))
                .answer(new Expression(larger, '-', smaller).equation());
    }

    private static void tooHard(Dialogue dialogue, Source source) {
        char operator = source.pick('+', '-', '*', '*', '/');
        int least = operator == '*' ? TABLE + 1 : 1000;
        String left = source.owned(() -> String.valueOf(source.between(least, source.pick(least + 86, 9999, 999_999))));
        String right = source.owned(() -> String.valueOf(source.between(least, source.pick(least + 86, 9999, 999_999))));
        dialogue.user(TOPICS.about(source.say(pattern(operator), left, right), source, "value"))
                .answer("These numbers are too large for me.");
    }
}
