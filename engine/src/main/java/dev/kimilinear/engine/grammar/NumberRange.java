package dev.kimilinear.engine.grammar;

import static dev.kimilinear.engine.grammar.Expression.choice;
import static dev.kimilinear.engine.grammar.Expression.optional;
import static dev.kimilinear.engine.grammar.Expression.repeat;
import static dev.kimilinear.engine.grammar.Expression.sequence;
import static dev.kimilinear.engine.grammar.Expression.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON numbers between two bounds, either of which may be absent (null).
 *
 * @param fractions whether digits behind the point are allowed
 * @param exponents whether numbers that have no bounds and may have fractions may have an exponent
 */
record NumberRange(Bound lower, Bound upper, boolean fractions, boolean exponents) {

    /** Digits on either side of the point: a double holds no more of them. */
    private static final int MOST_DIGITS = 16;
    private static final BigInteger LARGEST = BigInteger.TEN.pow(MOST_DIGITS).subtract(BigInteger.ONE);

    private static final Expression DIGIT = digits(0, 9);
    private static final Expression FRACTION = sequence(text("."), repeat(DIGIT, 1, MOST_DIGITS));

    /** @param exclusive whether the value itself is out of bounds */
    record Bound(BigDecimal value, boolean exclusive) {

        /** The bound that leaves less above it; either may be null. */
        static Bound higher(Bound a, Bound b) {
            return a == null || b != null && b.compareTo(a) >= 0 && (b.exclusive || b.compareTo(a) > 0) ? b : a;
        }

        /** The bound that leaves less below it; either may be null. */
        static Bound lower(Bound a, Bound b) {
            return a == null || b != null && b.compareTo(a) <= 0 && (b.exclusive || b.compareTo(a) < 0) ? b : a;
        }

        private int compareTo(Bound other) {
            return value.compareTo(other.value);
        }

        private Bound negated() {
            return new Bound(value.negate(), exclusive);
        }
    }

    /** @throws IllegalArgumentException if there is no number in between */
    Expression expression() {
        if (lower == null && upper == null) {
            Expression notZero = sequence(digits(1, 9), repeat(DIGIT, 0, MOST_DIGITS - 1));
            if (!fractions) {
                return choice(text("0"), sequence(optional(text("-")), notZero));
            }
            return sequence(optional(text("-")), choice(text("0"), notZero), optional(FRACTION), exponent());
        }
        List<Expression> options = new ArrayList<>();
        Bound zero = new Bound(BigDecimal.ZERO, false);
        if (upper == null || upper.value.signum() >= 0) {
            addPositive(lower == null || lower.value.signum() < 0 ? zero : lower, upper, text(""), options);
        }
        if (lower == null || lower.value.signum() < 0) {
            Bound least = upper == null || upper.value.signum() >= 0 ? new Bound(BigDecimal.ZERO, true) : upper.negated();
            addPositive(least, lower == null ? null : lower.negated(), text("-"), options);
        }
        if (options.isEmpty()) {
            throw new IllegalArgumentException("No " + (fractions ? "" : "whole ") + "number of at most " + MOST_DIGITS
                    + " digits is " + (lower == null ? "" : (lower.exclusive ? "above " : "at least ") + lower.value)
                    + (lower == null || upper == null ? "" : " and ")
                    + (upper == null ? "" : (upper.exclusive ? "below " : "at most ") + upper.value) + ".");
        }
        return new Expression.Choice(options);
    }

    private Expression exponent() {
        return exponents ? optional(sequence(Characters.of("eE").expression(), optional(Characters.of("+-").expression()),
                repeat(DIGIT, 1, 2))) : Expression.EMPTY;
    }

    /** Numbers without a sign, 0 or more, from a bound to another that may be null. */
    private void addPositive(Bound from, Bound to, Expression sign, List<Expression> options) {
        BigInteger first = floor(from.value);
        BigInteger last = to == null ? LARGEST : floor(to.value);
        String firstFraction = fraction(from.value);
        String lastFraction = to == null ? "" : fraction(to.value);
        if (!fractions) {
            BigInteger above = first.add(from.exclusive || !firstFraction.isEmpty() ? BigInteger.ONE : BigInteger.ZERO);
            BigInteger below = last.subtract(to != null && to.exclusive && lastFraction.isEmpty() ? BigInteger.ONE
                    : BigInteger.ZERO);
            add(sign, above, below, Expression.EMPTY, options);
        } else if (to == null || last.compareTo(LARGEST) > 0) {
            add(sign, first, first, new Fractions(firstFraction, from.exclusive, null, false).expression(), options);
            add(sign, first.add(BigInteger.ONE), LARGEST, optional(FRACTION), options);
        } else if (first.equals(last)) {
            add(sign, first, last, new Fractions(firstFraction, from.exclusive, lastFraction, to.exclusive).expression(),
                    options);
        } else {
            add(sign, first, first, new Fractions(firstFraction, from.exclusive, null, false).expression(), options);
            add(sign, first.add(BigInteger.ONE), last.subtract(BigInteger.ONE), optional(FRACTION), options);
            add(sign, last, last, new Fractions("", false, lastFraction, to.exclusive).expression(), options);
        }
    }

    /** @param fraction what may follow the whole part, or null if nothing fits */
    private static void add(Expression sign, BigInteger from, BigInteger to, Expression fraction, List<Expression> options) {
        BigInteger last = to.min(LARGEST);
        if (fraction != null && from.compareTo(last) <= 0) {
            options.add(sequence(sign, whole(from, last), fraction));
        }
    }

    private static BigInteger floor(BigDecimal value) {
        return value.setScale(0, RoundingMode.FLOOR).toBigInteger();
    }

    /** The digits behind the point, without zeros at the end. */
    private static String fraction(BigDecimal value) {
        BigDecimal rest = value.subtract(value.setScale(0, RoundingMode.FLOOR)).stripTrailingZeros();
        return rest.signum() == 0 ? "" : rest.toPlainString().substring(2);
    }

    // Whole numbers.

    /** Numbers from one to another, 0 or more, without zeros in front. */
    private static Expression whole(BigInteger from, BigInteger to) {
        List<Expression> options = new ArrayList<>();
        for (int length = from.toString().length(); length <= to.toString().length(); length++) {
            BigInteger shortest = length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1);
            BigInteger longest = BigInteger.TEN.pow(length).subtract(BigInteger.ONE);
            options.add(sameLength(from.max(shortest).toString(), to.min(longest).toString()));
        }
        return new Expression.Choice(options);
    }

    /** Digits from some to others, equally many. */
    private static Expression sameLength(String from, String to) {
        int length = from.length();
        if (from.equals("0".repeat(length)) && to.equals("9".repeat(length))) {
            return repeat(DIGIT, length, length);
        }
        int first = from.charAt(0) - '0';
        int last = to.charAt(0) - '0';
        if (first == last) {
            return sequence(digits(first, first), sameLength(from.substring(1), to.substring(1)));
        }
        List<Expression> options = new ArrayList<>();
        options.add(sequence(digits(first, first), sameLength(from.substring(1), "9".repeat(length - 1))));
        if (first + 1 < last) {
            options.add(sequence(digits(first + 1, last - 1), repeat(DIGIT, length - 1, length - 1)));
        }
        options.add(sequence(digits(last, last), sameLength("0".repeat(length - 1), to.substring(1))));
        return new Expression.Choice(options);
    }

    private static Expression digits(int from, int to) {
        return new Expression.Byte(ByteSet.range('0' + from, '0' + to));
    }

    /**
     * What may stand behind a whole part: the point and digits, or nothing.
     *
     * @param least the least fraction, as digits without zeros at the end
     * @param most the largest one, or null
     */
    private record Fractions(String least, boolean aboveLeast, String most, boolean belowMost) {

        private static final Expression ANY = repeat(DIGIT, 0, MOST_DIGITS);
        private static final Expression ZEROS = repeat(text("0"), 0, MOST_DIGITS);

        /** Null if nothing fits. */
        Expression expression() {
            List<Expression> options = new ArrayList<>();
            boolean zeroFits = least.isEmpty() && !aboveLeast && !(belowMost && "".equals(most));
            if (zeroFits) {
                options.add(Expression.EMPTY);
            }
            Expression digits = digits(0, true, most != null, true);
            if (digits != null) {
                options.add(sequence(text("."), digits));
            }
            return options.isEmpty() ? null : new Expression.Choice(options);
        }

        /**
         * Digits from number i on.
         *
         * @param low whether the digits before are those of the least fraction
         * @param high whether they are those of the largest one
         * @param needed whether a digit must follow in any case: behind the point
         * @return null if nothing fits
         */
        private Expression digits(int i, boolean low, boolean high, boolean needed) {
            boolean lowIsOver = low && i >= least.length();
            boolean highIsOver = high && i >= most.length();
            if (!low && !high) {
                return ANY;
            }
            if (highIsOver) {
                return belowMost || low && (!lowIsOver || aboveLeast) ? null : needed ? sequence(text("0"), ZEROS) : ZEROS;
            }
            if (lowIsOver && !high) {
                Expression more = sequence(ZEROS, NumberRange.digits(1, 9), ANY);
                return aboveLeast ? more : needed ? sequence(DIGIT, ANY) : ANY;
            }
            List<Expression> options = new ArrayList<>();
            // Less than the largest, whose last digit is not 0; not less than the least if that is over.
            if (!needed && (!low || lowIsOver && !aboveLeast)) {
                options.add(Expression.EMPTY);
            }
            int from = low && !lowIsOver ? least.charAt(i) - '0' : 0;
            int to = high ? most.charAt(i) - '0' : 9;
            for (int digit = from; digit <= to; digit++) {
                Expression rest = digits(i + 1, low && digit == from, high && digit == to, false);
                if (rest != null) {
                    options.add(sequence(NumberRange.digits(digit, digit), rest));
                }
            }
            return options.isEmpty() ? null : new Expression.Choice(options);
        }
    }
}
