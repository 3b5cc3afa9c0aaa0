package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.grammar.NumberRange.Bound;

class NumberRangeTest {

    @Test
    void exactlyTheNumbersBetweenTheBoundsFit() {
        Random random = new Random(1);
        int inside = 0;
        int outside = 0;
        for (int i = 0; i < 2_000; i++) {
            BigDecimal a = number(random);
            BigDecimal b = number(random);
            Bound lower = random.nextInt(4) == 0 ? null : new Bound(a.min(b), random.nextBoolean());
            Bound upper = random.nextInt(4) == 0 ? null : new Bound(a.max(b), random.nextBoolean());
            boolean fractions = random.nextBoolean();
            Automaton automaton = automaton(new NumberRange(lower, upper, fractions, true));
            for (int k = 0; k < 40; k++) {
                BigDecimal value = k == 0 ? a : k == 1 ? b : number(random);
                value = fractions ? value : value.setScale(0, RoundingMode.HALF_UP);
                boolean expected = (lower == null || value.compareTo(lower.value()) > (lower.exclusive() ? 0 : -1))
                        && (upper == null || value.compareTo(upper.value()) < (upper.exclusive() ? 0 : 1));
                String text = value.toPlainString();
                assertThat(automaton != null && Texts.read(automaton, text).isAccepting())
                        .as("%s between %s and %s", text, lower, upper).isEqualTo(expected);
                inside += expected ? 1 : 0;
                outside += expected ? 0 : 1;
            }
        }
        assertThat(inside).isGreaterThan(20_000);
        assertThat(outside).isGreaterThan(20_000);
    }

    /** Null where no number fits. */
    private static Automaton automaton(NumberRange range) {
        try {
            return new Automaton(Grammar.of(Map.of("root", range.expression()), "root"));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static BigDecimal number(Random random) {
        int decimals = random.nextInt(4);
        double size = Math.pow(10, random.nextInt(4) + decimals);
        return new BigDecimal(BigInteger.valueOf((long) ((random.nextDouble() * 2 - 1) * size)), decimals);
    }

    @Test
    void withoutBoundsANumberMayHaveAnExponent() {
        Automaton numbers = automaton(new NumberRange(null, null, true, true));
        for (String number : new String[] { "0", "-0", "12.50", "-1e5", "3.25E-12", "1e+99" }) {
            assertThat(Texts.read(numbers, number).isAccepting()).as(number).isTrue();
        }
        for (String number : new String[] { "01", "+1", ".5", "1.", "1e", "1e100", "--1", "" }) {
            assertThat(Texts.read(numbers, number).isAccepting()).as(number).isFalse();
        }
        Automaton whole = automaton(new NumberRange(null, null, false, true));
        assertThat(Texts.read(whole, "-1234567890123456").isAccepting()).isTrue();
        assertThat(Texts.read(whole, "12345678901234567").isAccepting()).isFalse();
        assertThat(Texts.read(whole, "1.0").isAccepting()).isFalse();
        assertThat(Texts.read(whole, "-0").isAccepting()).isFalse();
    }

    @Test
    void boundsThatExcludeOneAnotherAreNamed() {
        Bound one = new Bound(BigDecimal.ONE, true);
        Bound two = new Bound(BigDecimal.TWO, true);

        assertThatThrownBy(() -> new NumberRange(one, two, false, true).expression())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No whole number").hasMessageContaining("above 1 and below 2");
    }
}
