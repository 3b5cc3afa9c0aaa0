package dev.kimilinear.engine.serving;

import java.util.BitSet;
import java.util.Set;

import dev.kimilinear.engine.sampling.TokenConstraint;

/**
 * What one answer is held to and how it is read.
 *
 * @param constraint which tokens it may consist of, or null if any. Belongs to this answer
 * @param tools the names of the tools that it may call
 * @param dryBreakers the tokens that no repetition reaches over
 */
record AnswerForm(TokenConstraint constraint, Set<String> tools, BitSet dryBreakers) {
}
