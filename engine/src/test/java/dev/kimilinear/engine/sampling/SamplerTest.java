package dev.kimilinear.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SamplingParams.Dry;
import dev.kimilinear.engine.api.SamplingParams.Penalties;
import dev.kimilinear.engine.api.SamplingParams.Xtc;

class SamplerTest {

    private static final int DRAWS = 40_000;
    /** A frequency over 40,000 draws has a standard deviation of at most 0.0025; the seeds are fixed, so this holds or not. */
    private static final double FREQUENCY_TOLERANCE = 0.0125;

    /** Unsorted, with a tie, an excluded token, and one that is all but impossible. */
    private static final float[] LOGITS = { 0.5f, 3f, -1f, 2f, 2f, Float.NEGATIVE_INFINITY, 1f, -90f, 2.5f, 0f };

    /** The token that breaks repetitions. */
    private static final int BREAKER = 7;

    @Test
    void greedyTakesTheLargestLogitAndTheLowerIdOnATie() {
        Sampler greedy = Sampler.of(SamplingParams.greedy(), 5);

        assertThat(greedy.sample(new float[] { -1, -3, -0.5f, -0.5f, -2 }, 0, 5)).isEqualTo(2);
        assertThat(greedy.sample(new float[] { 7, 7, 7, 7, 7 }, 0, 5)).isEqualTo(0);
        assertThat(greedy.sample(new float[] { -0.0f, 0.0f, -1, -1, -1 }, 0, 5)).isEqualTo(0);
    }

    @Test
    void greedyIgnoresTheRulesBehindTemperature() {
        SamplingParams params = SamplingParams.greedy().withTopK(3).withTypicalP(0.1f).withTopP(0.1f).withMinP(1)
                .withXtc(new Xtc(1, 0)).withSeed(1);

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

        Sampler.of(params(0.7f, 5, 0.9f, 0.05f, 3), logits.length).sample(logits, 0,
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

    @Test
    void typicalPKeepsWhatIsAboutAsSurprisingAsExpected() {
        // The entropy is 1.28 nats; the surprises are 0.69, 1.39, 2.08, 2.77 and 2.77.
        float[] halves = { ln(0.5), ln(0.25), ln(0.125), ln(0.0625), ln(0.0625) };

        assertThat(kept(new TypicalP(0.2f), halves)).containsExactly(1);
        assertThat(kept(new TypicalP(0.5f), halves)).containsExactly(0, 1);
        assertThat(kept(new TypicalP(0.8f), halves)).containsExactly(0, 1, 2);
        assertFrequencies(SamplingParams.temperature(1).withTypicalP(0.6f).withSeed(19));
    }

    @Test
    void logitBiasIsAdded() {
        assertFrequencies(SamplingParams.temperature(1).withLogitBias(Map.of(9, 4f, 1, -2f, 5, 100f)).withSeed(20));
        SamplingParams greedy = SamplingParams.greedy().withLogitBias(Map.of(9, 4f));
        assertThat(Sampler.of(greedy, LOGITS.length).sample(LOGITS, 0, LOGITS.length)).isEqualTo(9);
    }

    @Test
    void penaltiesMakeTokensOfTheWindowLessProbable() {
        int[] tokens = { 8, 8, 2, 1, 1, 1, 0, 9 };
        for (Penalties penalties : List.of(new Penalties(1.5f, 0, 0, 0), new Penalties(1, 0.5f, 0, 0),
                new Penalties(1, 0, 1, 0),
                new Penalties(1.3f, 0.2f, 0.4f, 5), new Penalties(0.7f, -0.5f, -1, 100))) {
            assertFrequencies(SamplingParams.temperature(1).withPenalties(penalties).withSeed(21), tokens, Set.of());
        }
        SamplingParams greedy = SamplingParams.greedy().withPenalties(new Penalties(1, 0.5f, 0, 0));
        assertThat(Sampler.of(greedy, LOGITS.length).sample(LOGITS, 0, LOGITS.length, tokens, tokens.length)).isEqualTo(3);
    }

    @Test
    void dryPenalisesWhatGoesOnWithARepetition() {
        Dry dry = new Dry(0.8f, 1.75f, 2, 0, List.of());
        // 1 came behind 3 4 8; 8 alone is too short a repetition to count for 2.
        int[] tokens = { 3, 4, 8, 1, 8, 2, 3, 4, 8 };
        assertFrequencies(SamplingParams.temperature(1).withDry(dry).withSeed(22), tokens, Set.of());
        // Behind a breaker nothing is remembered; the breaker itself loses nothing.
        int[] broken = { 3, BREAKER, 8, 1, 3, BREAKER, 8 };
        assertFrequencies(SamplingParams.temperature(1).withDry(new Dry(0.8f, 1.75f, 1, 0, List.of())).withSeed(23), broken,
                Set.of());
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            int[] few = random.ints(60, 0, 4).toArray();
            assertFrequencies(SamplingParams.temperature(2).withDry(new Dry(0.5f, 1.2f, 3, 0, List.of())).withSeed(i), few,
                    Set.of());
        }
    }

    @Test
    void xtcRemovesTheMostProbableButTheLastOfThem() {
        assertFrequencies(SamplingParams.temperature(1).withXtc(new Xtc(1, 0.15f)).withSeed(24));
        assertFrequencies(SamplingParams.temperature(1).withXtc(new Xtc(0.4f, 0.1f)).withSeed(25));
        assertFrequencies(SamplingParams.temperature(1).withXtc(new Xtc(1, 0.6f)).withSeed(26));
        assertThat(kept(new dev.kimilinear.engine.sampling.Xtc(new Xtc(1, 0), new SplitMix64(1)), LOGITS)).containsExactly(5);
    }

    @Test
    void aConstraintComesBeforeTheRulesThatRemove() {
        Set<Integer> forbidden = Set.of(1, 8, 3);
        assertFrequencies(SamplingParams.temperature(1).withTopK(2).withSeed(27), new int[0], forbidden);
        assertFrequencies(SamplingParams.temperature(0.7f).withTopP(0.6f).withSeed(28), new int[0], forbidden);
        Sampler greedy = Sampler.of(SamplingParams.greedy(), LOGITS.length, allBut(forbidden), new BitSet());
        assertThat(greedy.sample(LOGITS, 0, LOGITS.length)).isEqualTo(4);
    }

    @Test
    void aConstraintThatLeavesNothingIsAnError() {
        Sampler none = Sampler.of(SamplingParams.greedy(), LOGITS.length, allBut(Set.of(0, 1, 2, 3, 4, 6, 7, 8, 9)),
                new BitSet());
        assertThatThrownBy(() -> none.sample(LOGITS, 0, LOGITS.length)).isInstanceOf(EngineException.class)
                .hasMessageContaining("No token");
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
        assertFrequencies(params(0.8f, 5, 0.95f, 0.05f, 17));
        assertFrequencies(params(1.7f, 6, 0.7f, 0.2f, 18));
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
    void theNewerRulesTogetherMatchThePlainComputation() {
        int[] tokens = { 8, 1, 8, 3, 8, 1, 8 };
        SamplingParams all = params(0.9f, 8, 0.95f, 0.02f, 29).withTypicalP(0.9f).withXtc(new Xtc(0.3f, 0.2f))
                .withPenalties(new Penalties(1.1f, 0.1f, 0.2f, 6)).withDry(new Dry(0.3f, 1.5f, 2, 0, List.of()))
                .withLogitBias(Map.of(2, 2f, 6, 0.5f));
        assertFrequencies(all, tokens, Set.of());
        assertFrequencies(all, tokens, Set.of(0, 3));
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
        SamplingParams base = SamplingParams.temperature(1).withSeed(1);
        Map<String, SamplingParams> changed = Map.of(
                "temperature", base.withTemperature(0.5f),
                "topK", base.withTopK(2),
                "typicalP", base.withTypicalP(0.5f),
                "topP", base.withTopP(0.5f),
                "minP", base.withMinP(0.5f),
                "penalties", base.withPenalties(new Penalties(1, 0, 2, 0)),
                "dry", base.withDry(new Dry(5, 2, 1, 0, List.of())),
                "xtc", base.withXtc(new Xtc(0.5f, 0.1f)),
                "logitBias", base.withLogitBias(Map.of(9, 5f)),
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
        candidates.setAll(logits, 0, logits.length);
        processor.apply(candidates, new History());
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            assertThat(candidates.logit(i)).isEqualTo(logits[candidates.id(i)]);
            ids.add(candidates.id(i));
        }
        return ids;
    }

    private static SamplingParams params(float temperature, int topK, float topP, float minP, long seed) {
        return SamplingParams.temperature(temperature).withTopK(topK).withTopP(topP).withMinP(minP).withSeed(seed);
    }

    private static List<Integer> tokens(SamplingParams params) {
        Sampler sampler = Sampler.of(params, LOGITS.length);
        int[] tokens = new int[100];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = sampler.sample(LOGITS, 0, LOGITS.length, tokens, i);
        }
        return Arrays.stream(tokens).boxed().toList();
    }

    private static void assertFrequencies(SamplingParams params) {
        assertFrequencies(params, new int[0], Set.of());
    }

    private static void assertFrequencies(SamplingParams params, int[] tokens, Set<Integer> forbidden) {
        Map<Integer, Double> expected = plainProbabilities(params, LOGITS, tokens, forbidden);
        BitSet breakers = new BitSet();
        breakers.set(BREAKER);
        Sampler sampler = Sampler.of(params, LOGITS.length, forbidden.isEmpty() ? null : allBut(forbidden), breakers);
        int[] counts = new int[LOGITS.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.sample(LOGITS, 0, LOGITS.length, tokens, tokens.length)]++;
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

    private static TokenConstraint allBut(Set<Integer> forbidden) {
        return new TokenConstraint() {
            @Override
            public boolean allowsEverything() {
                return false;
            }

            @Override
            public boolean allows(int token) {
                return !forbidden.contains(token);
            }

            @Override
            public long[] allowed() {
                BitSet allowed = new BitSet();
                allowed.set(0, LOGITS.length);
                forbidden.forEach(allowed::clear);
                return allowed.toLongArray();
            }

            @Override
            public void accept(int token) {
                assertThat(forbidden).doesNotContain(token);
            }
        };
    }

    /** The ids of the best tokens, by a full sort. */
    private static List<Integer> best(float[] logits, int count) {
        Integer[] ids = new Integer[logits.length];
        Arrays.setAll(ids, i -> i);
        Arrays.sort(ids, Comparator.<Integer> comparingDouble(id -> -logits[id]).thenComparing(id -> id));
        return List.of(ids).subList(0, count);
    }

    private static Map<Integer, Double> plainProbabilities(SamplingParams params, float[] logits) {
        return plainProbabilities(params, logits, new int[0], Set.of());
    }

    /** The distribution that the rules define, written down step by step over lists and maps. */
    private static Map<Integer, Double> plainProbabilities(SamplingParams params, float[] logits, int[] tokens,
            Set<Integer> forbidden) {
        float[] changed = logits.clone();
        params.logitBias().forEach((id, bias) -> changed[id] += bias);
        forbidden.forEach(id -> changed[id] = Float.NEGATIVE_INFINITY);
        plainPenalties(params.penalties(), changed, tokens);
        plainDry(params.dry(), changed, tokens);

        List<Integer> ids = best(changed, params.topK() == 0 ? changed.length : params.topK());
        Map<Integer, Double> p = new LinkedHashMap<>();
        for (int id : ids) {
            p.put(id, Math.exp(changed[id] / params.temperature()));
        }
        normalise(p);
        if (params.typicalP() < 1) {
            double entropy = p.values().stream().mapToDouble(value -> value == 0 ? 0 : -value * Math.log(value)).sum();
            List<Integer> typical = p.keySet().stream()
                    .sorted(Comparator.comparingDouble(id -> Math.abs(-Math.log(p.get(id)) - entropy))).toList();
            keepUntil(params.typicalP(), typical, p);
            normalise(p);
        }
        keepUntil(params.topP(), List.copyOf(p.keySet()), p);
        double largest = p.values().iterator().next();
        p.values().removeIf(value -> value < params.minP() * largest);
        normalise(p);
        if (params.xtc().isOff()) {
            return p;
        }
        Map<Integer, Double> cut = new LinkedHashMap<>(p);
        List<Integer> top = p.keySet().stream().filter(id -> p.get(id) >= params.xtc().threshold()).toList();
        cut.keySet().removeAll(top.isEmpty() ? top : top.subList(0, top.size() - 1));
        normalise(cut);
        Map<Integer, Double> mixed = new LinkedHashMap<>();
        p.forEach((id, value) -> mixed.put(id, (1 - params.xtc().probability()) * value
                + params.xtc().probability() * cut.getOrDefault(id, 0.0)));
        return mixed;
    }

    private static void plainPenalties(Penalties penalties, float[] logits, int[] tokens) {
        Map<Integer, Integer> counts = new LinkedHashMap<>();
        int from = penalties.window() == 0 ? 0 : Math.max(0, tokens.length - penalties.window());
        for (int token : Arrays.copyOfRange(tokens, from, tokens.length)) {
            counts.merge(token, 1, Integer::sum);
        }
        counts.forEach((id, count) -> logits[id] = (logits[id] > 0 ? logits[id] / penalties.repetition()
                : logits[id] * penalties.repetition()) - count * penalties.frequency() - penalties.presence());
    }

    /** For each token, the longest end of the text that stood in front of it before. */
    private static void plainDry(Dry dry, float[] logits, int[] tokens) {
        for (int id = 0; id < logits.length; id++) {
            int longest = 0;
            for (int at = 1; at < tokens.length; at++) {
                int length = 0;
                while (tokens[at] == id && length < at && tokens[at - 1 - length] == tokens[tokens.length - 1 - length]
                        && tokens[at - 1 - length] != BREAKER) {
                    length++;
                }
                longest = Math.max(longest, length);
            }
            if (longest >= dry.allowedLength() && id != BREAKER) {
                logits[id] -= (float) (dry.multiplier() * Math.pow(dry.base(), longest - dry.allowedLength()));
            }
        }
    }

    /** Keeps the first ids whose probabilities reach a sum. */
    private static void keepUntil(double sum, List<Integer> ids, Map<Integer, Double> p) {
        double taken = 0;
        for (int id : ids) {
            if (taken >= sum) {
                p.remove(id);
            } else {
                taken += p.get(id);
            }
        }
    }

    private static void normalise(Map<Integer, Double> p) {
        double sum = p.values().stream().mapToDouble(Double::doubleValue).sum();
        p.replaceAll((id, value) -> value / sum);
    }
}
