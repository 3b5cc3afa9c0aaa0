package dev.kimilinear.trainer.export;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.model.Parameters;

/** The values of a trained model, by name. */
@FunctionalInterface
public interface Weights {

    /**
     * The values of one tensor, under its name in the file and row by row in the order of the file. Two are as they are
     * trained: {@code ssm_conv1d_*} tap by tap, {@code [4, P]}; and {@code ssm_a_log}, the logarithms of what the file holds
     * negated as {@code ssm_a}.
     */
    float[] get(String name);

    /** The parameters of a model in training, as they are when they are asked for, and the biases of its routers. */
    static Weights of(Parameters parameters) {
        Pattern routerBias = Pattern.compile("blk\\.(\\d+)\\.exp_probs_b\\.bias");
        return name -> {
            Matcher matcher = routerBias.matcher(name);
            return matcher.matches() ? parameters.routerBias(Integer.parseInt(matcher.group(1)))
                    : parameters.get(name).values();
        };
    }
}
