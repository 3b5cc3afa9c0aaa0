package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Source;

/** Draws numbers and writes them. */
final class Numbers {

    private static final List<String> WORDS = List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
            "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen", "twenty");
    private static final double ROUND = 0.1;
    private static final double AS_WORD = 0.15;

    private Numbers() {
    }

    /** A number of one to three digits, now and then a round one. */
    static int ofDigits(int digits, Source source) {
        return switch (digits) {
            case 1 -> source.between(0, 9);
            case 2 -> source.chance(ROUND) ? 10 * source.between(1, 9) : source.between(10, 99);
            default -> source.chance(ROUND) ? 10 * source.between(10, 99) : source.between(100, 999);
        };
    }

    /** How users write numbers: in digits, but now and then in words if all of them are small. */
    static Object[] typed(Source source, int... numbers) {
        boolean words = source.chance(AS_WORD);
        Object[] typed = new Object[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            words &= numbers[i] < WORDS.size();
        }
        for (int i = 0; i < numbers.length; i++) {
            typed[i] = words ? WORDS.get(numbers[i]) : String.valueOf(numbers[i]);
        }
        return typed;
    }
}
