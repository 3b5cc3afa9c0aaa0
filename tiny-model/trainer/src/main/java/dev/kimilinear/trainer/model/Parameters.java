package dev.kimilinear.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.kimilinear.trainer.kernel.ShortConvolution;
import dev.kimilinear.trainer.model.Parameter.Kind;

/** All that a model learns, at its start or after. */
public final class Parameters {

    private static final double KDA_LEAST_STEP = 0.001;
    private static final double KDA_MOST_STEP = 0.1;
    /** Learning-rate factor of the parameters that act on all tokens at once. */
    private static final float GENTLE = 0.5f;

    private final ModelShape shape;
    private final int workers;
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Map<Integer, float[]> routerBias = new LinkedHashMap<>();

    /**
     * Parameters as training begins: gaussian matrices that keep the size of activations, outputs of blocks small.
     *
     * @param workers how many threads gather gradients
     */
    public Parameters(ModelShape shape, int workers, long seed) {
        this.shape = shape;
        this.workers = workers;
        Random random = new Random(seed);
        gaussian(other("token_embd.weight", 1, shape.vocabulary(), shape.embedding(), 1f), 0.5, random);
        for (int i = 0; i < shape.blockCount(); i++) {
            String block = "blk." + i + ".";
            ones(block + "attn_norm.weight", shape.embedding());
            if (shape.isLatent(i)) {
                latentAttention(block, random);
            } else {
                deltaAttention(block, random);
            }
            ones(block + "ffn_norm.weight", shape.embedding());
            if (i < shape.leadingDense()) {
                feedForward(block, "", 1, shape.denseHidden(), random);
            } else {
                gaussian(other(block + "ffn_gate_inp.weight", 1, shape.experts(), shape.embedding(), 1f),
                        1 / Math.sqrt(shape.embedding()), random);
                routerBias.put(i, new float[shape.experts()]);
                feedForward(block, "_exps", shape.experts(), shape.expertHidden(), random);
                feedForward(block, "_shexp", 1, shape.sharedHidden(), random);
            }
        }
        ones("output_norm.weight", shape.embedding());
        gaussian(other("output.weight", 1, shape.vocabulary(), shape.embedding(), 1f), 0.02, random);
    }

    private void deltaAttention(String block, Random random) {
        int width = shape.embedding();
        int channels = shape.heads() * shape.kdaDim();
        int dim = shape.kdaDim();
        for (String part : List.of("q", "k", "v")) {
            hidden(block + "attn_" + part + ".weight", 1, channels, width, 1, random);
            Parameter taps = other(block + "ssm_conv1d_" + part + ".weight", 1, ShortConvolution.TAPS, channels, 1f);
            gaussian(taps, 0.15, random);
            // At first a token mostly sees itself.
            for (int c = 0; c < channels; c++) {
                taps.values()[(ShortConvolution.TAPS - 1) * channels + c] += 0.8f;
            }
        }
        hidden(block + "ssm_f_a.weight", 1, dim, width, 1, random);
        hidden(block + "ssm_f_b.weight", 1, channels, dim, 0.5, random);
        hidden(block + "ssm_g_a.weight", 1, dim, width, 1, random);
        hidden(block + "ssm_g_b.weight", 1, channels, dim, 0.5, random);
        gaussian(other(block + "ssm_beta.weight", 1, shape.heads(), width, 1f), 0.5 / Math.sqrt(width), random);
        // Heads that forget at different speeds: A from 1 to 8, steps from 0.001 to 0.1, evenly in logarithms.
        Parameter aLog = other(block + "ssm_a_log", 1, 1, shape.heads(), GENTLE);
        for (int h = 0; h < shape.heads(); h++) {
            aLog.values()[h] = (float) Math.log(1 + 7.0 * h / Math.max(1, shape.heads() - 1));
        }
        Parameter dt = other(block + "ssm_dt.bias", 1, 1, channels, GENTLE);
        for (int c = 0; c < channels; c++) {
            double step = Math.exp(Math.log(KDA_LEAST_STEP)
                    + random.nextDouble() * (Math.log(KDA_MOST_STEP) - Math.log(KDA_LEAST_STEP)));
            // The inverse of softplus.
            dt.values()[c] = (float) (step + Math.log(-Math.expm1(-step)));
        }
        ones(block + "ssm_norm.weight", dim);
        hidden(block + "attn_output.weight", 1, width, channels, 0.3, random);
    }

    private void latentAttention(String block, Random random) {
        int width = shape.embedding();
        int heads = shape.heads();
        int rank = shape.latentRank();
        hidden(block + "attn_q.weight", 1, heads * (shape.nope() + shape.pe()), width, 1, random);
        hidden(block + "attn_kv_a_mqa.weight", 1, rank + shape.pe(), width, 1, random);
        ones(block + "attn_kv_a_norm.weight", rank);
        Parameter keyUp = new Parameter(block + "attn_k_b.weight", Kind.HIDDEN_MATRIX, heads, rank, shape.nope(), 1f, workers);
        gaussian(add(keyUp), 1 / Math.sqrt(rank), random);
        hidden(block + "attn_v_b.weight", heads, shape.valueDim(), rank, 1, random);
        hidden(block + "attn_output.weight", 1, width, heads * shape.valueDim(), 0.3, random);
    }

    private void feedForward(String block, String which, int experts, int hidden, Random random) {
        hidden(block + "ffn_gate" + which + ".weight", experts, hidden, shape.embedding(), 1, random);
        hidden(block + "ffn_up" + which + ".weight", experts, hidden, shape.embedding(), 1, random);
        hidden(block + "ffn_down" + which + ".weight", experts, shape.embedding(), hidden, 0.3, random);
    }

    /** A matrix from {@code columns} to {@code rows} values, with deviation gain / sqrt(columns). */
    private void hidden(String name, int matrices, int rows, int columns, double gain, Random random) {
        gaussian(add(new Parameter(name, Kind.HIDDEN_MATRIX, matrices, rows, columns, 1f, workers)),
                gain / Math.sqrt(columns), random);
    }

    private Parameter other(String name, int matrices, int rows, int columns, float rate) {
        return add(new Parameter(name, Kind.OTHER, matrices, rows, columns, rate, workers));
    }

    private void ones(String name, int width) {
        Arrays.fill(other(name, 1, 1, width, GENTLE).values(), 1f);
    }

    private Parameter add(Parameter parameter) {
        byName.put(parameter.name(), parameter);
        return parameter;
    }

    private static void gaussian(Parameter parameter, double deviation, Random random) {
        float[] values = parameter.values();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
    }

    public ModelShape shape() {
        return shape;
    }

    public int workers() {
        return workers;
    }

    /** @throws IllegalArgumentException if the model has no such parameter */
    public Parameter get(String name) {
        Parameter parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("This model has no parameter " + name);
        }
        return parameter;
    }

    public Collection<Parameter> all() {
        return byName.values();
    }

    /** Learned values, in total. */
    public long count() {
        long count = 0;
        for (Parameter parameter : byName.values()) {
            count += parameter.values().length;
        }
        return count;
    }

    /** The selection bias of a block's router: balanced by load, not learned. Null for a block without experts. */
    public float[] routerBias(int block) {
        return routerBias.get(block);
    }

    /** The blocks that have experts. */
    public List<Integer> blocksWithExperts() {
        return new ArrayList<>(routerBias.keySet());
    }
}
