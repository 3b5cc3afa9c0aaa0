package dev.kimilinear.trainer.kernel;

import static dev.kimilinear.trainer.kernel.Gemm.LANES;
import static dev.kimilinear.trainer.kernel.Gemm.SPECIES;
import static dev.kimilinear.trainer.kernel.VectorMath.load;
import static dev.kimilinear.trainer.kernel.VectorMath.sum;

import java.util.Arrays;

import jdk.incubator.vector.FloatVector;

/**
 * The gated delta rule of KDA over one head of one sequence, and its derivative. With S [D keys, D values]:
 *
 * <pre>
 * S'_t = Diag(alpha_t) S_(t-1)        e_t = v_t - S'_t^T k_t        u_t = beta_t e_t
 * S_t  = S'_t + k_t u_t^T             o_t = S_t^T q_t = S'_t^T q_t + (q_t . k_t) u_t
 * </pre>
 *
 * The forward pass needs one walk over the state a token: the update of a token is put off until the decay of the next. It
 * keeps all e, and the state at the beginning of each chunk of {@link #CHUNK} tokens, from which the backward pass makes the
 * states of the chunk again: all states of a sequence would not fit into a cache.
 *
 * <p>
 * Rows of q, k, v, alpha, e and o have H x D values and are those of all heads; a head's begin at {@code at}. One instance for
 * each thread.
 */
public final class DeltaRule {

    /** Tokens between two kept states. */
    public static final int CHUNK = 16;

    private final int dim;
    private final float[] state;
    private final float[] read;
    private final float[] answer;
    private final float[] u;
    private final float[] states;
    private final float[] dState;
    private final float[] du;
    private final float[] dr;

    /** @param dim D, a multiple of {@link Ops#MULTIPLE} */
    public DeltaRule(int dim) {
        this.dim = dim;
        state = new float[dim * dim];
        read = new float[dim];
        answer = new float[dim];
        u = new float[dim];
        states = new float[CHUNK * dim * dim];
        dState = new float[dim * dim];
        du = new float[dim];
        dr = new float[dim];
    }

    /** The states that a sequence keeps: their number. */
    public static int chunks(int length) {
        return (length + CHUNK - 1) / CHUNK;
    }

    /**
     * One head of one sequence.
     *
     * @param at where the head's first row begins
     * @param step distance of rows: H x D
     * @param beta element {@code betaAt + t betaStep} is that of token t
     * @param kept receives the state before each chunk, transposed ([value, key]), {@code D * D} values from {@code keptAt} on
     */
    public void forward(float[] q, float[] k, float[] v, float[] alpha, float[] beta, int betaAt, int betaStep, float[] e,
            float[] o, int at, int step, int length, float[] kept, int keptAt) {
        Arrays.fill(state, 0f);
        for (int t = 0; t < length; t++) {
            int row = at + t * step;
            if (t % CHUNK == 0) {
                keep(kept, keptAt + t / CHUNK * dim * dim, k, row - step, t > 0);
            }
            if (t == 0) {
                Arrays.fill(read, 0f);
                Arrays.fill(answer, 0f);
            } else {
                walk(q, k, alpha, row, row - step);
            }
            float b = beta[betaAt + t * betaStep];
            float qk = Ops.dot(q, row, k, row, dim);
            for (int j = 0; j < dim; j += LANES) {
                FloatVector error = load(v, row + j).sub(load(read, j));
                FloatVector update = error.mul(b);
                error.intoArray(e, row + j);
                update.intoArray(u, j);
                update.mul(qk).add(load(answer, j)).intoArray(o, row + j);
            }
        }
    }

    /** The state S after the previous token, transposed, with the update that the walk puts off. */
    private void keep(float[] kept, int to, float[] k, int before, boolean any) {
        for (int i = 0; i < dim; i++) {
            float key = any ? k[before + i] : 0f;
            for (int j = 0; j < dim; j++) {
                kept[to + j * dim + i] = any ? Math.fma(key, u[j], state[i * dim + j]) : 0f;
            }
        }
    }

    /** state = Diag(alpha) (state + k u^T of the previous token); read = state^T k, answer = state^T q. */
    private void walk(float[] q, float[] k, float[] alpha, int row, int before) {
        for (int j = 0; j < dim; j += 2 * LANES) {
            FloatVector r0 = FloatVector.zero(SPECIES);
            FloatVector r1 = r0;
            FloatVector a0 = r0;
            FloatVector a1 = r0;
            FloatVector u0 = load(u, j);
            // D may be an odd number of vectors: the second of a pair then repeats the first, and is stored over it.
            int second = j + LANES < dim ? j + LANES : j;
            FloatVector u1 = load(u, second);
            for (int i = 0; i < dim; i++) {
                FloatVector key = FloatVector.broadcast(SPECIES, k[row + i]);
                FloatVector query = FloatVector.broadcast(SPECIES, q[row + i]);
                FloatVector decay = FloatVector.broadcast(SPECIES, alpha[row + i]);
                FloatVector old = FloatVector.broadcast(SPECIES, k[before + i]);
                FloatVector s0 = old.fma(u0, load(state, i * dim + j)).mul(decay);
                FloatVector s1 = old.fma(u1, load(state, i * dim + second)).mul(decay);
                s0.intoArray(state, i * dim + j);
                s1.intoArray(state, i * dim + second);
                r0 = key.fma(s0, r0);
                r1 = key.fma(s1, r1);
                a0 = query.fma(s0, a0);
                a1 = query.fma(s1, a1);
            }
            r0.intoArray(read, j);
            r1.intoArray(read, second);
            a0.intoArray(answer, j);
            a1.intoArray(answer, second);
        }
    }

    /**
     * The gradients of one head of one sequence: writes dq, dk, dv, dg (of the logarithm of alpha) and dBeta.
     *
     * @param e what the forward pass wrote
     * @param kept the states of the forward pass
     */
    public void backward(float[] q, float[] k, float[] alpha, float[] beta, int betaAt, int betaStep, float[] e, float[] dO,
            float[] dq, float[] dk, float[] dv, float[] dg, float[] dBeta, int at, int step, int length, float[] kept,
            int keptAt) {
        Arrays.fill(dState, 0f);
        for (int chunk = chunks(length) - 1; chunk >= 0; chunk--) {
            int first = chunk * CHUNK;
            int tokens = Math.min(CHUNK, length - first);
            decayKept(kept, keptAt + chunk * dim * dim, alpha, at + first * step);
            for (int i = 1; i < tokens; i++) {
                int row = at + (first + i) * step;
                update(e, row - step, beta[betaAt + (first + i - 1) * betaStep]);
                restore(k, row - step, alpha, row, i * dim * dim);
            }
            for (int i = tokens - 1; i >= 0; i--) {
                int row = at + (first + i) * step;
                int b = betaAt + (first + i) * betaStep;
                update(e, row, beta[b]);
                dBeta[b] = stepBack(q, k, alpha, beta[b], e, dO, dq, dk, dv, dg, row, i * dim * dim);
            }
        }
    }

    // The states of the backward pass are transposed, [value, key]: sums over values, of which there are three a token,
    // then need no exchange between lanes; the one over keys does.

    /** u of a token. */
    private void update(float[] e, int row, float beta) {
        for (int j = 0; j < dim; j += LANES) {
            load(e, row + j).mul(beta).intoArray(u, j);
        }
    }

    /** S' of a chunk's first token, from the kept state. */
    private void decayKept(float[] kept, int from, float[] alpha, int row) {
        for (int j = 0; j < dim; j++) {
            for (int i = 0; i < dim; i += LANES) {
                load(kept, from + j * dim + i).mul(load(alpha, row + i)).intoArray(states, j * dim + i);
            }
        }
    }

    /** S' of a token from the S' of the token before, whose update is in u. */
    private void restore(float[] k, int before, float[] alpha, int row, int to) {
        int from = to - dim * dim;
        for (int j = 0; j < dim; j++) {
            FloatVector value = FloatVector.broadcast(SPECIES, u[j]);
            for (int i = 0; i < dim; i += LANES) {
                load(k, before + i).fma(value, load(states, from + j * dim + i)).mul(load(alpha, row + i)).intoArray(states,
                        to + j * dim + i);
            }
        }
    }

    /**
     * One token backwards. dState comes in as the gradient of S_t from later tokens and goes out as that of S_(t-1).
     *
     * @param s where S'_t begins in the states
     * @return the gradient of beta
     */
    private float stepBack(float[] q, float[] k, float[] alpha, float beta, float[] e, float[] dO, float[] dq, float[] dk,
            float[] dv, float[] dg, int row, int s) {
        // dS += q dO^T; du = dS^T k
        for (int j = 0; j < dim; j++) {
            FloatVector d = FloatVector.broadcast(SPECIES, dO[row + j]);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int i = 0; i < dim; i += LANES) {
                FloatVector z = load(q, row + i).fma(d, load(dState, j * dim + i));
                z.intoArray(dState, j * dim + i);
                sum = z.fma(load(k, row + i), sum);
            }
            du[j] = sum(sum);
        }
        for (int j = 0; j < dim; j += LANES) {
            FloatVector d = load(du, j).mul(beta);
            d.intoArray(dv, row + j);
            d.neg().intoArray(dr, j);
        }
        float uDo = Ops.dot(u, 0, dO, row, dim);
        // dq = S' dO + k (u . dO); dk = dS u + S' dr; dS' = dS + k dr^T; dg = rows of dS' S'; dS of before = alpha dS'
        for (int i = 0; i < dim; i += LANES) {
            FloatVector key = load(k, row + i);
            FloatVector decay = load(alpha, row + i);
            FloatVector sq = key.mul(uDo);
            FloatVector sk = FloatVector.zero(SPECIES);
            FloatVector sg = FloatVector.zero(SPECIES);
            for (int j = 0; j < dim; j++) {
                FloatVector before = load(states, s + j * dim + i);
                FloatVector z = load(dState, j * dim + i);
                FloatVector r = FloatVector.broadcast(SPECIES, dr[j]);
                sq = before.fma(FloatVector.broadcast(SPECIES, dO[row + j]), sq);
                sk = z.fma(FloatVector.broadcast(SPECIES, u[j]), before.fma(r, sk));
                z = key.fma(r, z);
                sg = z.fma(before, sg);
                z.mul(decay).intoArray(dState, j * dim + i);
            }
            sq.intoArray(dq, row + i);
            sk.intoArray(dk, row + i);
            sg.intoArray(dg, row + i);
        }
        return Ops.dot(du, 0, e, row, dim);
    }
}
