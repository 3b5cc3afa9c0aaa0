package dev.kimilinear.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.SamplingParams;

class SamplerTest {

    private static final int DRAWS = 40_000;
    /** A frequency over 40,000 draws has a standard deviation of at most 0.0025; the seeds are fixed, so this holds or not. */
    private static final double FREQUENCY_TOLERANCE = 0.0125;

    /** Unsorted, with a tie, an excluded token, and one that is all but impossible. */
    private static final float[] LOGITS = { 0.5f, 3f, -1f, 2f, 2f, Float.NEGATIVE_INFINITY, 1f, -90f, 2.5f, 0f };

    @Test
    void greedyTakesTheLargestLogitAndTheLowerIdOnATie() {
        Sampler greedy = Sampler.of(SamplingParams.greedy(), 5);

        assertThat(greedy.sample(new float[] { -1, -3, -0.5f, -0.5f, -2 }, 0, 5)).isEqualTo(2);
        assertThat(greedy.sample(new float[] { 7, 7, 7, 7, 7 }, 0, 5)).isEqualTo(0);
        assertThat(greedy.sample(new float[] { -0.0f, 0.0f, -1, -1, -1 }, 0, 5)).isEqualTo(0);
    }

    @Test
    void greedyIgnoresTheOtherRules() {
        SamplingParams params = new SamplingParams(0, 1, 0.1f, 1, OptionalLong.of(1));

        assertThat(Sampler.of(params, LOGITS.length).sample(LOGITS, 0, LOGITS.length)).isEqualTo(1);
    }

    @Test
    void onlyTheRowAtTheOffsetCounts() {
        float[] rows = { 9, 9, 9, 0, 1, 0, 9, 9 };

        assertThat(Sampler.of(SamplingParams.greedy(), 3).sample(rows, 3, 3)).isEqualTo(1);
        assertThat(Sampler.of(SamplingParams.temperature(0.01f).withSeed(1), 3).sample(rows, 3, 3)).isEqualTo(1);
    }

    @Test
    void greedyCopiesNothing() {
        Sampler greedy = Sampler.of(SamplingParams.greedy(), 100_000);
        float[] logits = new float[100_000];
        logits[70_000] = 1;
        int chosen = greedy.sample(logits, 0, logits.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            chosen += greedy.sample(logits, 0, logits.length);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(chosen).isEqualTo(101 * 70_000);
        // One copy of the row would be 400,000 bytes; the measurement itself may take a few hundred.
        assertThat(allocated).isLessThan(10_000);
    }

    @Test
    void theLogitsAreNotChanged() {
        float[] logits = LOGITS.clone();

        Sampler.of(new SamplingParams(0.7f, 5, 0.9f, 0.05f, OptionalLong.of(3)), logits.length).sample(logits, 0,
                logits.length);

        assertThat(logits).containsExactly(LOGITS);
    }

    @Test
    void drawsFollowTheSoftmax() {
        assertFrequencies(SamplingParams.temperature(1).withSeed(11));
    }

    @Test
    void temperatureSharpensAndFlattens() {
        assertFrequencies(SamplingParams.temperature(0.4f).withSeed(12));
        assertFrequencies(SamplingParams.temperature(3).withSeed(13));
    }

    @Test
    void theSmallestTemperatureIsGreedyWithoutOverflow() {
        Sampler coldest = Sampler.of(SamplingParams.temperature(Float.MIN_VALUE).withSeed(1), LOGITS.length);

        for (int i = 0; i < 100; i++) {
            assertThat(coldest.sample(LOGITS, 0, LOGITS.length)).isEqualTo(1);
        }
    }

    @Test
    void topKKeepsTheKMostProbableAndTheLowerIdsOnATie() {
        assertThat(kept(new TopK(3), LOGITS)).containsExactlyInAnyOrder(1, 8, 3);
        assertThat(kept(new TopK(4), LOGITS)).containsExactlyInAnyOrder(1, 8, 3, 4);
        assertThat(kept(new TopK(1), LOGITS)).containsExactly(1);
        assertThat(kept(new TopK(10), LOGITS)).hasSize(10);
        assertThat(kept(new TopK(1_000), LOGITS)).hasSize(10);
        assertFrequencies(SamplingParams.temperature(1.3f).withTopK(4).withSeed(14));
    }

    @Test
    void topPKeepsTheSmallestSetThatReachesTheSum() {
        float[] halves = { ln(0.25), ln(0.5), ln(0.0625), ln(0.125), ln(0.0625) };

        assertThat(kept(new TopP(0.4f), halves)).containsExactly(1);
        assertThat(kept(new TopP(0.6f), halves)).containsExactlyInAnyOrder(1, 0);
        assertThat(kept(new TopP(0.8f), halves)).containsExactlyInAnyOrder(1, 0, 3);
        assertThat(kept(new TopP(0.9f), halves)).containsExactlyInAnyOrder(1, 0, 3, 2);
        assertThat(kept(new TopP(0.99f), halves)).hasSize(5);
        assertThat(kept(new TopP(Float.MIN_VALUE), halves)).containsExactly(1);
        // Exactly one half of two equal ones: the sum need not be exceeded.
        assertThat(kept(new TopP(0.5f), new float[] { 3, 3 })).containsExactly(0);
        assertFrequencies(SamplingParams.temperature(1).withTopP(0.85f).withSeed(15));
    }

    @Test
    void minPKeepsWhatIsProbableEnoughBesideTheBest() {
        float[] halves = { ln(0.25), ln(0.5), ln(0.0625), ln(0.125), ln(0.0625) };

        assertThat(kept(new MinP(0.6f), halves)).containsExactly(1);
        assertThat(kept(new MinP(0.4f), halves)).containsExactlyInAnyOrder(1, 0);
        assertThat(kept(new MinP(0.2f), halves)).containsExactlyInAnyOrder(1, 0, 3);
        assertThat(kept(new MinP(0.1f), halves)).hasSize(5);
        assertThat(kept(new MinP(1), new float[] { 2, 1, 2 })).containsExactlyInAnyOrder(0, 2);
        assertFrequencies(SamplingParams.temperature(1).withMinP(0.3f).withSeed(16));
    }

    /** At temperature 0.2 token 0 has 93 % and alone reaches top-p 0.9; had top-p come first it would have kept three. */
    @Test
    void temperatureComesBeforeTopP() {
        float[] logits = { ln(0.5), ln(0.3), ln(0.15), ln(0.05) };
        Sampler sampler = Sampler.of(SamplingParams.temperature(0.2f).withTopP(0.9f).withSeed(1), logits.length);
        Set<Integer> drawn = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            drawn.add(sampler.sample(logits, 0, logits.length));
        }

        assertThat(drawn).containsExactly(0);
    }

    /** Of 40, 30, 20 and 10 % top-k leaves the first two as 57 and 43 %: the first alone then reaches top-p 0.5. */
    @Test
    void topKComesBeforeTopP() {
        float[] logits = { ln(0.4), ln(0.3), ln(0.2), ln(0.1) };
        Sampler sampler = Sampler.of(SamplingParams.temperature(1).withTopK(2).withTopP(0.5f).withSeed(1), logits.length);
        for (int i = 0; i < 1_000; i++) {
            assertThat(sampler.sample(logits, 0, logits.length)).isEqualTo(0);
        }
    }

    @Test
    void allRulesTogetherMatchThePlainComputation() {
        assertFrequencies(new SamplingParams(0.8f, 5, 0.95f, 0.05f, OptionalLong.of(17)));
        assertFrequencies(new SamplingParams(1.7f, 6, 0.7f, 0.2f, OptionalLong.of(18)));
    }

    @Test
    void aVocabularyOfRealSizeMatchesThePlainComputation() {
        Random random = new Random(5);
        float[] logits = new float[163_840];
        for (int i = 0; i < logits.length; i++) {
            // Rounded, so that many are equal and ties matter.
            logits[i] = Math.round(random.nextGaussian() * 10) / 10f;
        }

        assertThat(kept(new TopK(40), logits)).containsExactlyInAnyOrderElementsOf(best(logits, 40));
        assertThat(kept(new TopK(2_000), logits)).containsExactlyInAnyOrderElementsOf(best(logits, 2_000));
        int nucleus = plainProbabilities(SamplingParams.temperature(1).withTopP(0.3f), logits).size();
        assertThat(nucleus).isBetween(100, 100_000);
        assertThat(kept(new TopP(0.3f), logits)).containsExactlyInAnyOrderElementsOf(best(logits, nucleus));
    }

    @Test
    void theSameSeedGivesTheSameTokens() {
        assertThat(tokens(SamplingParams.temperature(1).withSeed(42)))
                .isEqualTo(tokens(SamplingParams.temperature(1).withSeed(42)));
    }

    /** Pinned: a seed must keep its meaning over releases and JVMs. */
    @Test
    void aSeedKeepsItsMeaning() {
        assertThat(tokens(SamplingParams.temperature(1).withTopP(0.99f).withSeed(7)).subList(0, 12))
                .containsExactly(8, 9, 1, 8, 8, 3, 8, 3, 4, 8, 4, 1);
    }

    @Test
    void withoutASeedTwoSamplersDiffer() {
        assertThat(tokens(SamplingParams.temperature(1))).isNotEqualTo(tokens(SamplingParams.temperature(1)));
    }

    /** One other value for each component; a component without an entry fails here until it has one. */
    @Test
    void everyParameterHasAnEffect() {
        SamplingParams base = new SamplingParams(1, 0, 1, 0, OptionalLong.of(1));
        Map<String, SamplingParams> changed = Map.of(
                "temperature", new SamplingParams(0.5f, 0, 1, 0, OptionalLong.of(1)),
                "topK", base.withTopK(2),
                "topP", base.withTopP(0.5f),
                "minP", base.withMinP(0.5f),
                "seed", base.withSeed(2));
        List<Integer> baseTokens = tokens(base);

        for (RecordComponent component : SamplingParams.class.getRecordComponents()) {
            assertThat(changed).containsKey(component.getName());
            assertThat(tokens(changed.get(component.getName()))).as(component.getName()).isNotEqualTo(baseTokens);
        }
    }

    @Test
    void aLogitThatIsNotANumberIsAnErrorThatNamesTheToken() {
        float[] logits = { 1, 2, Float.NaN, 3 };

        for (SamplingParams params : List.of(SamplingParams.greedy(), SamplingParams.temperature(1))) {
            assertThatThrownBy(() -> Sampler.of(params, 4).sample(logits, 0, 4)).isInstanceOf(EngineException.class)
                    .hasMessageContaining("token 2 is NaN");
        }
    }

    @Test
    void anInfiniteLogitIsAnErrorThatNamesTheToken() {
        assertThatThrownBy(
                () -> Sampler.of(SamplingParams.greedy(), 3).sample(new float[] { 1, Float.POSITIVE_INFINITY, 0 }, 0, 3))
                .isInstanceOf(EngineException.class).hasMessageContaining("token 1 is Infinity");
    }

    @Test
    void aRowThatExcludesEverythingIsAnError() {
        float[] none = { Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY };

        assertThatThrownBy(() -> Sampler.of(SamplingParams.temperature(1), 2).sample(none, 0, 2))
                .isInstanceOf(EngineException.class).hasMessageContaining("All 2 logits");
    }

    private static float ln(double probability) {
        return (float) Math.log(probability);
    }

    private static List<Integer> kept(LogitsProcessor processor, float[] logits) {
        Candidates candidates = new Candidates(logits.length);
        candidates.set(logits, 0, logits.length);
        processor.apply(candidates);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            assertThat(candidates.logit(i)).isEqualTo(logits[candidates.id(i)]);
            ids.add(candidates.id(i));
        }
        return ids;
    }

    private static List<Integer> tokens(SamplingParams params) {
        Sampler sampler = Sampler.of(params, LOGITS.length);
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tokens.add(sampler.sample(LOGITS, 0, LOGITS.length));
        }
        return tokens;
    }

    private static void assertFrequencies(SamplingParams params) {
        Map<Integer, Double> expected = plainProbabilities(params, LOGITS);
        Sampler sampler = Sampler.of(params, LOGITS.length);
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.sample(LOGITS, 0, LOGITS.length)]++;
        }
        for (int id = 0; id < counts.length; id++) {
            if (!expected.containsKey(id)) {
                assertThat(counts[id]).as("token %d", id).isZero();
            } else {
                assertThat((double) counts[id] / DRAWS).as("token %d", id).isCloseTo(expected.get(id),
                        within(FREQUENCY_TOLERANCE));
            }
        }
    }

    /** The ids of the best tokens, by a full sort. */
    private static List<Integer> best(float[] logits, int count) {
        Integer[] ids = new Integer[logits.length];
        Arrays.setAll(ids, i -> i);
        Arrays.sort(ids, Comparator.<Integer> comparingDouble(id -> -logits[id]).thenComparing(id -> id));
        return List.of(ids).subList(0, count);
    }

    /** The distribution that the rules define, written down step by step over a sorted list. */
    private static Map<Integer, Double> plainProbabilities(SamplingParams params, float[] logits) {
        List<Integer> ids = best(logits, params.topK() == 0 ? logits.length : params.topK());
        Map<Integer, Double> p = new LinkedHashMap<>();
        for (int id : ids) {
            p.put(id, Math.exp(logits[id] / params.temperature()));
        }
        normalise(p);
        double sum = 0;
        for (int id : ids) {
            if (sum >= params.topP()) {
                p.remove(id);
            } else {
                sum += p.get(id);
            }
        }
        double largest = p.get(ids.getFirst());
        p.values().removeIf(value -> value < params.minP() * largest);
        normalise(p);
        return p;
    }

    private static void normalise(Map<Integer, Double> p) {
        double sum = p.values().stream().mapToDouble(Double::doubleValue).sum();
        p.replaceAll((id, value) -> value / sum);
    }
}
