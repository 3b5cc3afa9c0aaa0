package dev.kimilinear.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.trainer.tokenizer.BpeVocabulary.Spelling;

/** The forward pass against {@link ReferenceModel}, and the backward pass against differences of the reference's loss. */
class GradientTest {

    /** No multiple of any number of lanes. */
    private static final int VOCABULARY = 41;
    /**
     * Of logits relative to the largest of them, and of the loss. Floats lose 6e-8 at each operation, over some hundred
     * operations one behind the other: the worst that was seen is 4e-6.
     */
    private static final double FORWARD_TOLERANCE = 2e-5;
    /**
     * Of a derivative relative to the size of its tensor's gradient. Differences of doubles are good to 1e-8 here, so this is
     * the rounding of floats in both passes: the worst that was seen is 1.5e-5, where large terms cancel out, and 3e-6 is
     * usual. A term that is wrong or lacking shows as 1e-2 or more.
     */
    private static final double GRADIENT_TOLERANCE = 1e-4;
    /** Steps that balance the error of doubles, 1e-16 x loss / step, against that of the third derivative, step^2. */
    private static final double STEP = 1e-5;
    /** Tensors up to this size are checked element by element. */
    private static final int SMALL = 64;
    private static final int SAMPLES = 6;

    /** A case: a model, and the lengths of the sequences it learns from. */
    private record Case(String name, ModelShape shape, int[] lengths, int samples) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static ModelShape shape(String layers, int leadingDense, int kdaDim) {
        return new ModelShape(VOCABULARY, 32, 2, kdaDim, layers, leadingDense, 48, 4, 2, 16, 32, 1.7f, 16, 32, 16, 48, 1e-5f,
                1000);
    }

    private static List<Case> cases() {
        return List.of(
                new Case("all layers", shape("KMKM", 1, 16), new int[] { 1, 2, 5, 19 }, SAMPLES),
                // More than two chunks of the delta rule, heads of more than one pair of vectors, no dense block.
                new Case("wider heads", shape("MK", 0, 32), new int[] { 40, 3, 1, 4 }, SAMPLES),
                new Case("as many experts as there are", allExperts(), new int[] { 2, 17 }, SAMPLES),
                // More queries than attention scores at a time, with a rest, between sequences that have fewer.
                new Case("long sequence", shape("MK", 1, 16), new int[] { 3, 150, 20 }, 0));
    }

    private static ModelShape allExperts() {
        return new ModelShape(VOCABULARY, 16, 3, 48, "K", 0, 16, 3, 3, 32, 32, 1f, 16, 16, 16, 16, 1e-5f, 1000);
    }

    /** Parameters none of which is zero or one, so that no term of a derivative hides. */
    private static Parameters parameters(ModelShape shape, int workers) {
        Parameters parameters = new Parameters(shape, Collections.nCopies(shape.vocabulary(), new Spelling(0, 0)), workers, 1);
        Random random = new Random(2);
        for (Parameter parameter : parameters.all()) {
            float[] values = parameter.values();
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (random.nextGaussian() * 0.2);
                if (parameter.name().endsWith("ssm_dt.bias")) {
                    // From heads that remember to such that forget most: a softplus from about 0.01 to 1.
                    values[i] = (float) (random.nextGaussian() * 1.5 - 2);
                }
            }
        }
        for (int block : parameters.blocksWithExperts()) {
            float[] bias = parameters.routerBias(block);
            for (int e = 0; e < bias.length; e++) {
                bias[e] = (float) (random.nextGaussian() * 0.1);
            }
        }
        return parameters;
    }

    /** Sequences of random tokens of which about half are to be predicted, but at least one. */
    private static List<Batch.Sequence> sequences(int... lengths) {
        Random random = new Random(lengths.length);
        List<Batch.Sequence> sequences = new ArrayList<>();
        for (int length : lengths) {
            int[] tokens = random.ints(length + 1, 0, VOCABULARY).toArray();
            boolean[] counts = new boolean[length + 1];
            for (int t = 1; t <= length; t++) {
                counts[t] = t == length || random.nextBoolean();
            }
            sequences.add(new Batch.Sequence(tokens, counts));
        }
        return sequences;
    }

    @Test
    void batchHoldsSequencesOneBehindTheOther() {
        Batch batch = Batch.of(List.of(
                new Batch.Sequence(new int[] { 5, 6, 7, 8 }, new boolean[] { true, false, true, true }),
                new Batch.Sequence(new int[] { 1, 2 }, new boolean[] { false, false }),
                new Batch.Sequence(new int[] { 9, 8, 7 }, new boolean[] { false, true, false })));

        assertThat(batch.tokens()).containsExactly(5, 6, 7, 1, 9, 8);
        assertThat(batch.starts()).containsExactly(0, 3, 4, 6);
        assertThat(batch.targetRows()).containsExactly(1, 2, 4);
        assertThat(batch.targets()).containsExactly(7, 8, 8);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void forwardPassIsTheReference(Case c) {
        Parameters parameters = parameters(c.shape, 1);
        Batch batch = Batch.of(sequences(c.lengths));
        ReferenceModel reference = new ReferenceModel(parameters, batch);
        KimiLinear model = new KimiLinear(parameters, 0);
        double[][] expected = reference.logits();
        double largest = Arrays.stream(expected).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
        float[] logits = model.forward(batch);

        // Otherwise rounding may select another expert, and this seed is no good.
        assertThat(reference.closestCall()).isGreaterThan(1e-5);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < VOCABULARY; j++) {
                assertThat((double) logits[i * VOCABULARY + j]).as("logit %d of row %d", j, batch.targetRows()[i])
                        .isCloseTo(expected[i][j], within(FORWARD_TOLERANCE * largest));
            }
        }
        for (int block : parameters.blocksWithExperts()) {
            assertThat(model.load(block)).isEqualTo(reference.load(block));
        }
        double loss = reference.loss();
        assertThat(model.learn(batch, 1f)).isCloseTo(loss, within(FORWARD_TOLERANCE * loss));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void backwardPassIsTheDerivative(Case c) {
        Parameters parameters = parameters(c.shape, 1);
        Batch batch = Batch.of(sequences(c.lengths));
        new KimiLinear(parameters, 0).learn(batch, 1f);
        ReferenceModel reference = new ReferenceModel(parameters, batch);
        // Selects the experts.
        reference.loss();
        Random random = new Random(3);
        SoftAssertions soft = new SoftAssertions();
        for (Parameter parameter : parameters.all()) {
            float[] gradient = parameter.gradient(0);
            double norm = norm(gradient);
            soft.assertThat(norm).as("norm of the gradient of %s", parameter.name()).isGreaterThan(1e-3);

            // A derivative along a random direction has the gradient's norm for its deviation.
            double[] direction = random.doubles(gradient.length).map(d -> d < 0.5 ? -1 : 1).toArray();
            double along = IntStream.range(0, gradient.length).mapToDouble(i -> direction[i] * gradient[i]).sum();
            soft.assertThat(along).as("%s along a direction", parameter.name())
                    .isCloseTo(derivative(reference, parameter, direction), within(GRADIENT_TOLERANCE * norm));

            double typical = norm / Math.sqrt(gradient.length);
            for (int i : samples(gradient.length, c.samples, random)) {
                double[] element = new double[gradient.length];
                element[i] = 1;
                double tolerance = GRADIENT_TOLERANCE * (typical + Math.abs(gradient[i]));
                soft.assertThat((double) gradient[i]).as("%s[%d]", parameter.name(), i)
                        .isCloseTo(derivative(reference, parameter, element), within(tolerance));
            }
        }
        soft.assertAll();
    }

    private static int[] samples(int length, int count, Random random) {
        return count > 0 && length <= SMALL
                ? IntStream.range(0, length).toArray()
                : random.ints(count, 0, length).toArray();
    }

    /** The derivative of the reference's loss as a parameter moves along a direction. */
    private static double derivative(ReferenceModel reference, Parameter parameter, double[] direction) {
        double[] values = reference.parameter(parameter.name());
        double[] before = values.clone();
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
            for (int i = 0; i < values.length; i++) {
                values[i] = before[i] + (2 * side - 1) * STEP * direction[i];
            }
            losses[side] = reference.loss();
        }
        System.arraycopy(before, 0, values, 0, values.length);
        return (losses[1] - losses[0]) / (2 * STEP);
    }

    private static double norm(float[] values) {
        return Math.sqrt(IntStream.range(0, values.length).mapToDouble(i -> (double) values[i] * values[i]).sum());
    }

    @Test
    void gradientsOfWorkersAddUpToThatOfTheJoinedBatch() {
        ModelShape shape = shape("KM", 1, 16);
        List<Batch.Sequence> sequences = sequences(4, 21, 1, 9);
        Parameters one = parameters(shape, 1);
        double loss = new KimiLinear(one, 0).learn(Batch.of(sequences), 1f);
        Parameters two = parameters(shape, 2);
        double first = new KimiLinear(two, 0).learn(Batch.of(sequences.subList(0, 1)), 1f);
        double second = new KimiLinear(two, 1).learn(Batch.of(sequences.subList(1, 4)), 1f);

        assertThat(first + second).isCloseTo(loss, within(1e-6 * loss));
        for (Parameter parameter : one.all()) {
            float[] sum = two.get(parameter.name()).gradient(0).clone();
            float[] other = two.get(parameter.name()).gradient(1);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += other[i];
            }
            assertClose(parameter, sum, 1f);
        }
    }

    @Test
    void gradientsAddUpAndAreScaled() {
        ModelShape shape = shape("KM", 1, 16);
        Batch batch = Batch.of(sequences(4, 21));
        Parameters once = parameters(shape, 1);
        double loss = new KimiLinear(once, 0).learn(batch, 1f);
        Parameters twice = parameters(shape, 1);
        KimiLinear model = new KimiLinear(twice, 0);

        // The loss is not scaled.
        assertThat(model.learn(batch, 0.1f)).isEqualTo(loss);
        assertThat(model.learn(batch, 0.2f)).isEqualTo(loss);
        for (Parameter parameter : once.all()) {
            assertClose(parameter, twice.get(parameter.name()).gradient(0), 0.3f);
        }
    }

    @Test
    void largerBatchesLeaveNothingBehind() {
        ModelShape shape = shape("KM", 1, 16);
        Batch batch = Batch.of(sequences(4, 21));
        Parameters fresh = parameters(shape, 1);
        new KimiLinear(fresh, 0).learn(batch, 1f);
        Parameters used = parameters(shape, 1);
        KimiLinear model = new KimiLinear(used, 0);
        model.learn(Batch.of(sequences(7, 60, 2)), 1f);
        used.all().forEach(parameter -> Arrays.fill(parameter.gradient(0), 0f));
        model.learn(batch, 1f);

        for (Parameter parameter : fresh.all()) {
            assertThat(used.get(parameter.name()).gradient(0)).as(parameter.name()).isEqualTo(parameter.gradient(0));
        }
    }

    /** That a gradient is a multiple of the parameter's, up to the order in which floats are added. */
    private static void assertClose(Parameter parameter, float[] gradient, float factor) {
        float[] difference = new float[gradient.length];
        for (int i = 0; i < difference.length; i++) {
            difference[i] = gradient[i] - factor * parameter.gradient(0)[i];
        }
        assertThat(norm(difference)).as(parameter.name()).isLessThan(3e-6 * norm(parameter.gradient(0)));
    }
}
