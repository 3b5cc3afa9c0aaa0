package dev.kimilinear.engine.api;

import java.util.List;

/**
 * A token of an answer and what the model held to be probable in its place. Probabilities are those of the model itself: the
 * softmax of its logits, before temperature, penalties, forms and all other rules of sampling. So the token that was chosen
 * need not be among the most probable ones.
 *
 * @param id the token that was chosen
 * @param text its bytes as text, also of a control token; parts of characters are U+FFFD
 * @param probability 0 to 1
 * @param alternatives the most probable tokens, the one that was chosen too where it is one of them; the most probable
 *        first, the lower id on a tie. As many as the request asks for, or fewer where the model rules all others out
 */
public record TokenChoice(int id, String text, double probability, List<Alternative> alternatives) {

    public TokenChoice {
        alternatives = List.copyOf(alternatives);
    }

    /**
     * A token that might have been chosen.
     *
     * @param text as that of {@link TokenChoice}
     * @param probability 0 to 1
     */
    public record Alternative(int id, String text, double probability) {
    }
}
