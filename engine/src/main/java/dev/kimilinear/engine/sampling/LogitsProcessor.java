package dev.kimilinear.engine.sampling;

/**
 * One rule of choosing a token: changes the logits of the candidates, or removes some of them. {@link Sampler#of} lists
 * the rules in their order.
 */
interface LogitsProcessor {

    /**
     * Applies the rule.
     *
     * @param candidates at least one, all with logits that are finite or negative infinity, the largest of them finite;
     *        the rule leaves at least one. In the order of their ids until a rule has removed some
     * @param history the tokens so far
     */
    void apply(Candidates candidates, History history);
}
