package dev.kimilinear.trainer.model;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The model and its loss in double precision, one sequence and one token after the other, as the formulas read. Parameters
 * have the names and the order of those in {@link Parameters}.
 *
 * <p>
 * Experts are selected in the first pass over the batch, and stay: the loss as a function of the parameters has a step where
 * the selection changes, and no derivative there.
 */
final class ReferenceModel {

    private final ModelShape shape;
    private final Batch batch;
    private final Map<String, double[]> parameters = new LinkedHashMap<>();
    private final double[][] routerBias;
    /** The experts of a block and a row, ascending. */
    private final int[][][] selected;
    private double closestCall = Double.POSITIVE_INFINITY;

    /** The reference for a batch. Takes the parameters as they are now. */
    ReferenceModel(Parameters parameters, Batch batch) {
        shape = parameters.shape();
        this.batch = batch;
        for (Parameter parameter : parameters.all()) {
            this.parameters.put(parameter.name(), widen(parameter.values()));
        }
        routerBias = new double[shape.blockCount()][];
        for (int block : parameters.blocksWithExperts()) {
            routerBias[block] = widen(parameters.routerBias(block));
        }
        selected = new int[shape.blockCount()][batch.rows()][];
    }

    private static double[] widen(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    /** A parameter, to be changed at will. */
    double[] parameter(String name) {
        return parameters.get(name);
    }

    /** The summed cross entropy of the targets, in nats. */
    double loss() {
        double[][] logits = logits();
        double loss = 0;
        for (int i = 0; i < logits.length; i++) {
            double sum = 0;
            for (double logit : logits[i]) {
                sum += Math.exp(logit);
            }
            loss += Math.log(sum) - logits[i][batch.targets()[i]];
        }
        return loss;
    }

    /** How often each expert of a block is used; in the last block, for the rows whose next token counts. */
    long[] load(int block) {
        long[] load = new long[shape.experts()];
        int[] rows = block == shape.blockCount() - 1 ? batch.targetRows() : IntStream.range(0, batch.rows()).toArray();
        for (int row : rows) {
            for (int expert : selected[block][row]) {
                load[expert]++;
            }
        }
        return load;
    }

    /** The smallest distance between the selection scores of the last expert in and the first one out. */
    double closestCall() {
        return closestCall;
    }

    /** The logits of the target rows. */
    double[][] logits() {
        double[][] x = new double[batch.rows()][];
        for (int t = 0; t < batch.rows(); t++) {
            x[t] = row(parameter("token_embd.weight"), batch.tokens()[t], shape.embedding());
        }
        for (int s = 0; s < batch.sequences(); s++) {
            sequence(x, batch.starts()[s], batch.starts()[s + 1]);
        }
        double[][] logits = new double[batch.targetRows().length][];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = times("output.weight", rmsNorm(x[batch.targetRows()[i]], parameter("output_norm.weight")));
        }
        return logits;
    }

    private void sequence(double[][] x, int from, int to) {
        for (int block = 0; block < shape.blockCount(); block++) {
            String name = "blk." + block + ".";
            double[][] h = new double[to - from][];
            for (int t = from; t < to; t++) {
                h[t - from] = rmsNorm(x[t], parameter(name + "attn_norm.weight"));
            }
            double[][] answer = shape.isLatent(block) ? latentAttention(name, h) : deltaAttention(name, h);
            for (int t = from; t < to; t++) {
                add(x[t], 1, answer[t - from]);
                double[] g = rmsNorm(x[t], parameter(name + "ffn_norm.weight"));
                add(x[t], 1, block < shape.leadingDense() ? feedForward(name, "", 0, shape.denseHidden(), g)
                        : mixture(block, t, g));
            }
        }
    }

    private double[][] deltaAttention(String block, double[][] h) {
        int heads = shape.heads();
        int dim = shape.kdaDim();
        double[][] q = convolved(block, "q", h);
        double[][] k = convolved(block, "k", h);
        double[][] v = convolved(block, "v", h);
        double[][] answer = new double[h.length][];
        double[][][] state = new double[heads][dim][dim];
        for (int t = 0; t < h.length; t++) {
            double[] f = times(block + "ssm_f_b.weight", times(block + "ssm_f_a.weight", h[t]));
            double[] beta = times(block + "ssm_beta.weight", h[t]);
            double[] gate = times(block + "ssm_g_b.weight", times(block + "ssm_g_a.weight", h[t]));
            double[] gated = new double[heads * dim];
            for (int head = 0; head < heads; head++) {
                double a = -Math.exp(parameter(block + "ssm_a_log")[head]);
                double[] alpha = new double[dim];
                for (int i = 0; i < dim; i++) {
                    int c = head * dim + i;
                    alpha[i] = Math.exp(a * Math.log1p(Math.exp(f[c] + parameter(block + "ssm_dt.bias")[c])));
                }
                double[] query = unit(row(q[t], head, dim));
                double[] key = unit(row(k[t], head, dim));
                double[] o = deltaRule(state[head], query, key, row(v[t], head, dim), alpha, sigmoid(beta[head]));
                double[] normed = rmsNorm(o, parameter(block + "ssm_norm.weight"));
                for (int j = 0; j < dim; j++) {
                    gated[head * dim + j] = normed[j] * sigmoid(gate[head * dim + j]);
                }
            }
            answer[t] = times(block + "attn_output.weight", gated);
        }
        return answer;
    }

    /** SiLU(ShortConv(W h)). */
    private double[][] convolved(String block, String part, double[][] h) {
        int channels = shape.kdaChannels();
        double[] taps = parameter(block + "ssm_conv1d_" + part + ".weight");
        int count = taps.length / channels;
        double[][] p = new double[h.length][];
        double[][] y = new double[h.length][channels];
        for (int t = 0; t < h.length; t++) {
            p[t] = times(block + "attn_" + part + ".weight", h[t]);
            for (int c = 0; c < channels; c++) {
                double z = 0;
                for (int tap = 0; tap < count; tap++) {
                    int at = t - (count - 1) + tap;
                    z += at < 0 ? 0 : taps[tap * channels + c] * p[at][c];
                }
                y[t][c] = z * sigmoid(z);
            }
        }
        return y;
    }

    /** Takes the state [key, value] one token further, and reads from it. */
    private static double[] deltaRule(double[][] s, double[] q, double[] k, double[] v, double[] alpha, double beta) {
        int dim = q.length;
        for (int i = 0; i < dim; i++) {
            for (int j = 0; j < dim; j++) {
                s[i][j] *= alpha[i];
            }
        }
        double[] o = new double[dim];
        for (int j = 0; j < dim; j++) {
            double predicted = 0;
            for (int i = 0; i < dim; i++) {
                predicted += k[i] * s[i][j];
            }
            for (int i = 0; i < dim; i++) {
                s[i][j] += k[i] * beta * (v[j] - predicted);
                o[j] += q[i] / Math.sqrt(dim) * s[i][j];
            }
        }
        return o;
    }

    /** The absorbed form: queries meet the latent, not keys. */
    private double[][] latentAttention(String block, double[][] h) {
        int rank = shape.latentRank();
        int nope = shape.nope();
        int width = nope + shape.pe();
        double[][] c = new double[h.length][];
        double[][] kPe = new double[h.length][];
        double[][] answer = new double[h.length][];
        for (int t = 0; t < h.length; t++) {
            double[] latent = times(block + "attn_kv_a_mqa.weight", h[t]);
            c[t] = rmsNorm(slice(latent, 0, rank), parameter(block + "attn_kv_a_norm.weight"));
            kPe[t] = slice(latent, rank, shape.pe());
            double[] q = times(block + "attn_q.weight", h[t]);
            double[] o = new double[shape.heads() * shape.valueDim()];
            for (int head = 0; head < shape.heads(); head++) {
                double[] absorbed = times(parameter(block + "attn_k_b.weight"), head, rank, slice(q, head * width, nope));
                double[] qPe = slice(q, head * width + nope, shape.pe());
                double[] p = new double[t + 1];
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    p[s] = Math.exp((dot(absorbed, c[s]) + dot(qPe, kPe[s])) / Math.sqrt(width));
                    sum += p[s];
                }
                double[] m = new double[rank];
                for (int s = 0; s <= t; s++) {
                    add(m, p[s] / sum, c[s]);
                }
                double[] value = times(parameter(block + "attn_v_b.weight"), head, shape.valueDim(), m);
                System.arraycopy(value, 0, o, head * shape.valueDim(), shape.valueDim());
            }
            answer[t] = times(block + "attn_output.weight", o);
        }
        return answer;
    }

    private double[] mixture(int block, int row, double[] h) {
        String name = "blk." + block + ".";
        double[] p = times(name + "ffn_gate_inp.weight", h);
        for (int e = 0; e < p.length; e++) {
            p[e] = sigmoid(p[e]);
        }
        if (selected[block][row] == null) {
            selected[block][row] = select(p, routerBias[block]);
        }
        double sum = 0;
        for (int e : selected[block][row]) {
            sum += p[e];
        }
        double[] y = feedForward(name, "_shexp", 0, shape.sharedHidden(), h);
        for (int e : selected[block][row]) {
            add(y, p[e] / sum * shape.expertScale(), feedForward(name, "_exps", e, shape.expertHidden(), h));
        }
        return y;
    }

    private int[] select(double[] p, double[] bias) {
        int used = shape.used();
        int[] best = IntStream.range(0, p.length).boxed()
                .sorted(Comparator.comparingDouble(e -> -(p[e] + bias[e])))
                .mapToInt(Integer::intValue).toArray();
        if (used < best.length) {
            int in = best[used - 1];
            int out = best[used];
            closestCall = Math.min(closestCall, p[in] + bias[in] - p[out] - bias[out]);
        }
        return IntStream.of(best).limit(used).sorted().toArray();
    }

    private double[] feedForward(String block, String which, int expert, int hidden, double[] h) {
        double[] gate = times(parameter(block + "ffn_gate" + which + ".weight"), expert, hidden, h);
        double[] up = times(parameter(block + "ffn_up" + which + ".weight"), expert, hidden, h);
        for (int i = 0; i < hidden; i++) {
            up[i] *= gate[i] * sigmoid(gate[i]);
        }
        return times(parameter(block + "ffn_down" + which + ".weight"), expert, shape.embedding(), up);
    }

    private double[] times(String name, double[] x) {
        double[] matrix = parameter(name);
        return times(matrix, 0, matrix.length / x.length, x);
    }

    /** The product of x with one of several matrices that have so many rows. */
    private static double[] times(double[] matrices, int index, int rows, double[] x) {
        double[] y = new double[rows];
        for (int i = 0; i < rows; i++) {
            int at = (index * rows + i) * x.length;
            double sum = 0;
            for (int j = 0; j < x.length; j++) {
                sum += matrices[at + j] * x[j];
            }
            y[i] = sum;
        }
        return y;
    }

    private double[] rmsNorm(double[] x, double[] weights) {
        double scale = 1 / Math.sqrt(dot(x, x) / x.length + shape.eps());
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] * scale * weights[i];
        }
        return y;
    }

    private double[] unit(double[] x) {
        double[] y = new double[x.length];
        add(y, 1 / Math.sqrt(dot(x, x) + shape.eps()), x);
        return y;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void add(double[] y, double factor, double[] x) {
        for (int i = 0; i < y.length; i++) {
            y[i] += factor * x[i];
        }
    }

    private static double[] slice(double[] values, int from, int count) {
        double[] part = new double[count];
        System.arraycopy(values, from, part, 0, count);
        return part;
    }

    private static double[] row(double[] rows, int index, int width) {
        return slice(rows, index * width, width);
    }
}
