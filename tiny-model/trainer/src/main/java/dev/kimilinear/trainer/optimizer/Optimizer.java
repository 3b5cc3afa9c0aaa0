package dev.kimilinear.trainer.optimizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

import dev.kimilinear.trainer.model.Parameter;
import dev.kimilinear.trainer.model.Parameter.Kind;
import dev.kimilinear.trainer.model.Parameters;

/**
 * Changes all parameters by the gradients that the workers gathered: {@link Muon} for hidden matrices, {@link AdamW} for the
 * rest. The parameters are dealt out to the workers once, so that the result does not depend on which thread is faster.
 */
public final class Optimizer {

    /** A factor of the schedule is multiplied by these. */
    private final float muonRate;
    private final float adamRate;
    private final List<Parameter> parameters;
    private final float[][] first;
    private final float[][] second;
    private final Muon[] muon;
    private final int[] owners;

    public Optimizer(Parameters parameters, float muonRate, float adamRate) {
        this.muonRate = muonRate;
        this.adamRate = adamRate;
        this.parameters = List.copyOf(parameters.all());
        int count = this.parameters.size();
        first = new float[count][];
        second = new float[count][];
        for (int i = 0; i < count; i++) {
            Parameter parameter = this.parameters.get(i);
            first[i] = new float[parameter.values().length];
            second[i] = new float[parameter.kind() == Kind.OTHER ? parameter.values().length : 0];
        }
        muon = new Muon[parameters.workers()];
        Arrays.setAll(muon, i -> new Muon());
        owners = deal(parameters.workers());
    }

    /** The largest first, each to the worker with the least so far. */
    private int[] deal(int workers) {
        int[] owner = new int[parameters.size()];
        long[] load = new long[workers];
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingLong((Integer i) -> -cost(parameters.get(i))));
        for (int i : order) {
            int least = 0;
            for (int w = 1; w < workers; w++) {
                if (load[w] < load[least]) {
                    least = w;
                }
            }
            owner[i] = least;
            load[least] += cost(parameters.get(i));
        }
        return owner;
    }

    private static long cost(Parameter parameter) {
        long each = parameter.kind() == Kind.HIDDEN_MATRIX ? Math.min(parameter.rows(), parameter.columns()) + 8 : 8;
        return parameter.values().length * each;
    }

    /** A worker's share of one step. Clears the gradients. */
    public void update(int worker, int step, float factor) {
        for (int i = 0; i < parameters.size(); i++) {
            if (owners[i] == worker) {
                update(i, worker, step, factor);
            }
        }
    }

    private void update(int index, int worker, int step, float factor) {
        Parameter parameter = parameters.get(index);
        float[] g = parameter.gradient(0);
        for (int w = 1; w < muon.length; w++) {
            float[] other = parameter.gradient(w);
            for (int j = 0; j < g.length; j++) {
                g[j] += other[j];
            }
        }
        if (parameter.kind() == Kind.HIDDEN_MATRIX) {
            muon[worker].update(parameter, g, first[index], muonRate * factor * parameter.rate());
        } else {
            AdamW.update(parameter.values(), g, first[index], second[index], step, adamRate * factor * parameter.rate());
        }
        for (int w = 0; w < muon.length; w++) {
            Arrays.fill(parameter.gradient(w), 0f);
        }
    }

    /** Moving averages of each parameter, in the parameters' order, for checkpoints: both arrays are live. */
    public float[][] averages(int index) {
        return new float[][] { first[index], second[index] };
    }
}
