package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Compares numbers, counts, finds neighbours, doubles and halves, and tells even from odd. */
public final class NumberFacts implements Skill {

    private static final Topics TOPICS = Topics.read("numbers");
    private static final int LONGEST_COUNT = 9;

    /** Two numbers to compare. */
    private record Pair(int one, int other) {

        /** The same for both orders, so that they belong to the same split. */
        @Override
        public String toString() {
            return "compare " + Math.min(one, other) + " " + Math.max(one, other);
        }

        String sentence(boolean larger) {
            if (one == other) {
                return one + " and " + other + " are equal.";
            }
            return larger ? Math.max(one, other) + " is larger than " + Math.min(one, other) + "."
                    : Math.min(one, other) + " is smaller than " + Math.max(one, other) + ".";
        }
    }

    @Override
    public String name() {
        return "numbers";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 15)) {
            case 0, 1, 2 -> compare(dialogue, source, true);
            case 3, 4 -> compare(dialogue, source, false);
            case 5, 6 -> isLarger(dialogue, source, source.chance(0.6));
            case 7 -> extreme(dialogue, source);
            case 8 -> answer(dialogue, source, "next", number(source), 1);
            case 9 -> answer(dialogue, source, "previous", number(source) + 1, -1);
            case 10 -> ofNumber(dialogue, source, "double", number(source));
            case 11 -> ofNumber(dialogue, source, "half", 2 * (1 + number(source) / 2));
            case 12, 13 -> evenOrOdd(dialogue, source);
            default -> count(dialogue, source);
        }
    }

    private static int number(Source source) {
        return Integer.parseInt(source.owned(() -> String.valueOf(Numbers.any(source))));
    }

    private static void compare(Dialogue dialogue, Source source, boolean larger) {
        Pair pair = pair(source);
        dialogue.user(TOPICS.say(source, larger ? "larger" : "smaller", Numbers.typed(source, pair.one, pair.other)))
                .answer(pair.sentence(larger));
    }

    private static void isLarger(Dialogue dialogue, Source source, boolean larger) {
        Pair pair = pair(source);
        boolean right = larger ? pair.one > pair.other : pair.one < pair.other;
        dialogue.user(TOPICS.say(source, larger ? "is larger" : "is smaller", Numbers.typed(source, pair.one, pair.other)))
                .answer((right ? "Yes, " : "No, ") + pair.sentence(larger == right));
    }

    /** Two numbers, now and then of the same digits or close to each other; rarely equal ones. */
    private static Pair pair(Source source) {
        return source.owned(() -> {
            int one = Numbers.any(source);
            int other = switch (source.between(0, 4)) {
                case 0 -> Integer.parseInt(new StringBuilder().append(one).reverse().toString());
                case 1, 2 -> Math.max(0, one + source.between(-11, 11));
                default -> Numbers.any(source);
            };
            return other == one && source.chance(0.8) ? new Pair(one, one + source.between(1, 9)) : new Pair(one, other);
        });
    }

    private static void extreme(Dialogue dialogue, Source source) {
        boolean largest = source.chance(0.6);
        int count = source.pick(3, 3, 3, 4);
        String text = source.owned(() -> IntStream.generate(() -> Numbers.any(source)).limit(count).mapToObj(String::valueOf)
                .collect(Collectors.joining(", ")));
        IntStream numbers = List.of(text.split(", ")).stream().mapToInt(Integer::parseInt);
        String said = source.chance(0.5) ? text
                : text.substring(0, text.lastIndexOf(',')) + " " + source.pick("and", "or")
                        + text.substring(text.lastIndexOf(' '));
        dialogue.user(TOPICS.say(source, largest ? "largest" : "smallest", said))
                .answer(largest ? "The largest number is " + numbers.max().orElseThrow() + "."
                        : "The smallest number is " + numbers.min().orElseThrow() + ".");
    }

    private static void answer(Dialogue dialogue, Source source, String topic, int number, int step) {
        dialogue.user(TOPICS.say(source, topic, Numbers.typed(source, number)))
                .answer("The number " + (step > 0 ? "after " : "before ") + number + " is " + (number + step) + ".");
    }

    private static void ofNumber(Dialogue dialogue, Source source, String topic, int number) {
        dialogue.user(TOPICS.say(source, topic, Numbers.typed(source, number))).answer(topic.equals("double")
                ? "The double of " + number + " is " + 2 * number + "."
                : "Half of " + number + " is " + number / 2 + ".");
    }

    private static void evenOrOdd(Dialogue dialogue, Source source) {
        int number = number(source);
        boolean even = number % 2 == 0;
        String topic = source.pick("even or odd", "even or odd", "even", "odd");
        String start = topic.equals("even or odd") ? "" : even == topic.equals("even") ? "Yes, " : "No, ";
        dialogue.user(TOPICS.say(source, topic, Numbers.typed(source, number)))
                .answer(start + number + (even ? " is even." : " is odd."));
    }

    private static void count(Dialogue dialogue, Source source) {
        boolean up = source.chance(0.75);
        int first = source.chance(0.5) ? source.between(0, 12) : source.between(0, 99);
        int last = first + source.between(2, LONGEST_COUNT);
        String numbers = IntStream.rangeClosed(0, last - first).mapToObj(i -> String.valueOf(up ? first + i : last - i))
                .collect(Collectors.joining(", "));
        Object[] ends = up ? Numbers.typed(source, first, last) : Numbers.typed(source, last, first);
        dialogue.user(TOPICS.say(source, up ? "count" : "count down", ends)).answer(numbers + ".");
    }
}
