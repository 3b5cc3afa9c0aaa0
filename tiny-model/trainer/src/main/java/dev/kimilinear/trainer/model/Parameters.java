package dev.kimilinear.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import dev.kimilinear.trainer.kernel.ShortConvolution;
import dev.kimilinear.trainer.model.Parameter.Kind;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary.Spelling;

/** All that a model learns, at its start or after. */
public final class Parameters {

    /** Deviations of the embedding and of the output. */
    private static final double EMBEDDING = 0.5;
    private static final double OUTPUT = 0.1;
    /** The part of a token's embedding that its form makes, and how many forms there are. */
    private static final double FORM = 0.4;
    private static final int FORMS = 4;
    private static final float MAIN_TAP = 0.8f;
    private static final double KDA_LEAST_STEP = 0.0003;
    private static final double KDA_MOST_STEP = 0.03;
    /** Learning-rate factor of the parameters that act on all tokens at once. */
    private static final float GENTLE = 0.5f;

    private final ModelShape shape;
    private final int workers;
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Map<Integer, float[]> routerBias = new LinkedHashMap<>();

    /**
     * Parameters as training begins: gaussian matrices that keep the size of activations, outputs of blocks small.
     *
     * @param spellings how the tokens of the vocabulary are written
     * @param workers how many threads gather gradients
     */
    public Parameters(ModelShape shape, List<Spelling> spellings, int workers, long seed) {
        if (spellings.size() != shape.vocabulary()) {
            throw new IllegalArgumentException(
                    "There are " + spellings.size() + " spellings, but " + shape.vocabulary() + " tokens");
        }
        this.shape = shape;
        this.workers = workers;
        Random random = new Random(seed);
        embedding(spellings, random);
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
        output(random);
    }

    /**
     * The embedding: a part that a token shares with the one of the same letters, and a part that all tokens of a form share.
     * So what is learned of "the" holds for " The" too, and a word that is copied out of a sentence needs no more than another
     * form.
     */
    private void embedding(List<Spelling> spellings, Random random) {
        int width = shape.embedding();
        float[] letters = new float[shape.vocabulary() * width];
        float[] forms = new float[FORMS * width];
        gaussian(letters, EMBEDDING * Math.sqrt(1 - FORM * FORM), random);
        gaussian(forms, EMBEDDING * FORM, random);
        float[] embedding = other("token_embd.weight", 1, shape.vocabulary(), width, 1f).values();
        for (int token = 0; token < spellings.size(); token++) {
            Spelling spelling = spellings.get(token);
            for (int j = 0; j < width; j++) {
                embedding[token * width + j] = letters[spelling.plain() * width + j] + forms[spelling.form() * width + j];
            }
        }
    }

    /**
     * The output as the embedding in turned coordinates (a shuffle with signs): a head that learns the turn once can copy any
     * token, also one that training rarely shows. In the same coordinates the model would repeat the current token.
     */
    private void output(Random random) {
        int width = shape.embedding();
        List<Integer> from = new ArrayList<>(IntStream.range(0, width).boxed().toList());
        Collections.shuffle(from, random);
        float[] embedding = get("token_embd.weight").values();
        float[] output = other("output.weight", 1, shape.vocabulary(), width, 1f).values();
        for (int j = 0; j < width; j++) {
            double factor = (random.nextBoolean() ? 1 : -1) * OUTPUT / EMBEDDING;
            for (int token = 0; token < shape.vocabulary(); token++) {
                output[token * width + j] = (float) (factor * embedding[token * width + from.get(j)]);
            }
        }
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
                taps.values()[(ShortConvolution.TAPS - 1) * channels + c] += MAIN_TAP;
            }
        }
        lookUps(block);
        hidden(block + "ssm_f_a.weight", 1, dim, width, 1, random);
        hidden(block + "ssm_f_b.weight", 1, channels, dim, 0.5, random);
        hidden(block + "ssm_g_a.weight", 1, dim, width, 1, random);
        hidden(block + "ssm_g_b.weight", 1, channels, dim, 0.5, random);
        gaussian(other(block + "ssm_beta.weight", 1, shape.heads(), width, 1f), 0.5 / Math.sqrt(width), random);
        // Heads that forget at different speeds: A from 1 to 8, steps evenly in logarithms.
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

    /**
     * Makes half of the heads look up what followed the current token when it came before: their keys are those of the token
     * before, through the matrix of the queries. The last head carries the token before along, by which MLA can do the same.
     * From random weights a model of this size finds that out only after some millions of tokens, and learns little else until
     * then.
     */
    private void lookUps(String block) {
        int dim = shape.kdaDim();
        int lastHead = shape.kdaChannels() - dim;
        int half = shape.heads() / 2 * dim;
        sees(block, "q", 0, 0, half);
        sees(block, "k", 1, 0, half);
        sees(block, "q", 0, lastHead, dim);
        sees(block, "k", 0, lastHead, dim);
        sees(block, "v", 1, lastHead, dim);
        float[] queries = get(block + "attn_q.weight").values();
        float[] keys = get(block + "attn_k.weight").values();
        System.arraycopy(queries, 0, keys, 0, half * shape.embedding());
        System.arraycopy(queries, lastHead * shape.embedding(), keys, lastHead * shape.embedding(), dim * shape.embedding());
    }

    /** Channels of a convolution that see one token alone, so many before the current one. */
    private void sees(String block, String part, int before, int first, int count) {
        float[] taps = get(block + "ssm_conv1d_" + part + ".weight").values();
        for (int tap = 0; tap < ShortConvolution.TAPS; tap++) {
            float weight = tap == ShortConvolution.TAPS - 1 - before ? MAIN_TAP : 0f;
            Arrays.fill(taps, tap * shape.kdaChannels() + first, tap * shape.kdaChannels() + first + count, weight);
        }
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
        gaussian(parameter.values(), deviation, random);
    }

    private static void gaussian(float[] values, double deviation, Random random) {
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
