package dev.kimilinear.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.api.SamplingParams;

class MostProbableTest {

    private static final float[] TIES_AND_INFINITIES = { Float.NEGATIVE_INFINITY, -3e38f, -90, -1, -0.0f, 0, 0.5f, 1, 30 };

    @Test
    void whatIsFoundIsWhatSortingFinds() {
        Random random = new Random(5);
        for (int i = 0; i < 3_000; i++) {
            float[] row = row(random, 1 + random.nextInt(60));
            float[] rows = new float[row.length + 2];
            rows[0] = 99;
            rows[row.length + 1] = 99;
            System.arraycopy(row, 0, rows, 1, row.length);
            int most = 1 + random.nextInt(20);
            MostProbable found = new MostProbable(most);
            found.find(rows, 1, row.length);

            List<Integer> expected = sorted(row).stream().limit(most).toList();
            assertThat(ids(found)).isEqualTo(expected);
            for (int j = 0; j < found.count(); j++) {
                assertThat(found.probability(j)).isCloseTo(softmax(row, expected.get(j)), within(1e-12));
            }
            int any = random.nextInt(row.length);
            assertThat(found.probabilityOf(row[any])).isCloseTo(softmax(row, any), within(1e-12));
        }
    }

    @Test
    void aFinderThatHasSeenAnotherRowFindsTheSame() {
        Random random = new Random(6);
        MostProbable used = new MostProbable(5);
        for (int i = 0; i < 500; i++) {
            float[] row = row(random, 1 + random.nextInt(12));
            MostProbable fresh = new MostProbable(5);
            fresh.find(row, 0, row.length);
            used.find(row, 0, row.length);

            assertThat(ids(used)).isEqualTo(ids(fresh));
            assertThat(used.probability(0)).isEqualTo(fresh.probability(0));
        }
    }

    @Test
    void theTokenThatGreedyChoiceTakesIsTheFirst() {
        Random random = new Random(7);
        Sampler greedy = Sampler.of(SamplingParams.greedy(), 60);
        MostProbable found = new MostProbable(1);
        for (int i = 0; i < 1_000; i++) {
            float[] row = row(random, 60);
            found.find(row, 0, 60);

            assertThat(found.id(0)).isEqualTo(greedy.sample(row, 0, 60));
        }
    }

    @Test
    void aTokenThatIsRuledOutIsNotFound() {
        MostProbable found = new MostProbable(3);
        found.find(new float[] { Float.NEGATIVE_INFINITY, 2, Float.NEGATIVE_INFINITY, 2 }, 0, 4);

        assertThat(ids(found)).containsExactly(1, 3);
        assertThat(found.probability(1)).isEqualTo(0.5);
        assertThat(found.probabilityOf(Float.NEGATIVE_INFINITY)).isZero();
    }

    @Test
    void itAllocatesNothing() {
        MostProbable found = new MostProbable(20);
        float[] row = row(new Random(8), 50_000);
        found.find(row, 0, row.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            found.find(row, 0, row.length);
        }

        // Two arrays of twenty a row would be 20,000 bytes; the measurement itself may take a few hundred.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    /** At least one logit is finite. */
    private static float[] row(Random random, int length) {
        float[] row = new float[length];
        for (int id = 0; id < length; id++) {
            row[id] = random.nextBoolean() ? TIES_AND_INFINITIES[random.nextInt(TIES_AND_INFINITIES.length)]
                    : (float) random.nextGaussian();
        }
        row[random.nextInt(length)] = 0.25f;
        return row;
    }

    private static List<Integer> sorted(float[] row) {
        List<Integer> ids = new ArrayList<>(IntStream.range(0, row.length).boxed().toList());
        ids.removeIf(id -> row[id] == Float.NEGATIVE_INFINITY);
        // Unlike floats in a comparator, 0.0 and -0.0 are the same logit.
        ids.sort(Comparator.comparingDouble((Integer id) -> -(row[id] + 0.0)).thenComparing(Comparator.naturalOrder()));
        return ids;
    }

    private static double softmax(float[] row, int id) {
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp((double) logit - row[id]);
        }
        return row[id] == Float.NEGATIVE_INFINITY ? 0 : 1 / sum;
    }

    private static List<Integer> ids(MostProbable found) {
        return IntStream.range(0, found.count()).mapToObj(found::id).toList();
    }
}
