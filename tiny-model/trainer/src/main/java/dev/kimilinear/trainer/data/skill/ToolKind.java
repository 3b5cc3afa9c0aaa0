package dev.kimilinear.trainer.data.skill;

import java.util.List;

/**
 * A kind of tool, which many declarations are made of. All texts are patterns, in which {@code {0}} and {@code {1}} are the
 * values of the arguments and {@code {5}} and {@code {6}} the extras.
 *
 * @param topic two kinds of the same topic are never declared together
 * @param names its name in words
 * @param descriptions what it does
 * @param phrases parts of requests, each with all arguments
 * @param follow how a further value of the first argument is asked for, or null
 * @param results what it returns, with {@code <TYPE>} for a value; empty if it acts and returns nothing in particular
 * @param answer what is answered, with {@code {r}} for what it returned, or null if it acts
 * @param several whether a request may name two values for the first argument
 * @param plain whether the model can do without a tool
 * @param extras contents of the patterns besides the arguments
 */
record ToolKind(String topic, String names, String descriptions, List<ToolArgument> arguments, List<Phrase> phrases,
        String follow, List<String> results, String answer, boolean several, boolean plain, List<String> extras) {

    /** The first place of an extra. */
    static final int EXTRAS = 5;

    /** How a phrase becomes a sentence. */
    enum Form {
        /** What shall be done: "close the door". */
        DO,
        /** What shall be known, a noun: "the price of the lamp". */
        KNOW,
        /** What shall be known, a clause: "how warm it is". */
        CLAUSE,
        /** A sentence by itself. */
        ASK
    }

    /** A part of a request, a pattern. */
    record Phrase(Form form, String pattern) {
    }
}
