package dev.kimilinear.trainer.optimizer;

/**
 * Adam (Kingma and Ba, 2015) for what is no hidden matrix: embeddings, norms, taps, biases, routers. No weight decay: none
 * of these is a matrix between hidden layers.
 */
final class AdamW {

    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.98f;
    private static final float EPS = 1e-8f;

    private AdamW() {
    }

    /**
     * One step.
     *
     * @param step from 0 on
     * @param m the moving average of gradients
     * @param v the moving average of their squares
     */
    static void update(float[] w, float[] g, float[] m, float[] v, int step, float rate) {
        float unbiasM = (float) (1 / (1 - Math.pow(BETA_1, step + 1)));
        float unbiasV = (float) (1 / (1 - Math.pow(BETA_2, step + 1)));
        for (int i = 0; i < w.length; i++) {
            m[i] = BETA_1 * m[i] + (1 - BETA_1) * g[i];
            v[i] = BETA_2 * v[i] + (1 - BETA_2) * g[i] * g[i];
            w[i] -= rate * (m[i] * unbiasM) / ((float) Math.sqrt(v[i] * unbiasV) + EPS);
        }
    }
}
