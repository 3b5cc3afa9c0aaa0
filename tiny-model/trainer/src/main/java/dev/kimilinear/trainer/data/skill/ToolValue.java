package dev.kimilinear.trainer.data.skill;

/**
 * A value of an argument or a result.
 *
 * @param spoken how the user writes it
 * @param json what stands in the arguments of a call, for {@code Json}
 */
record ToolValue(String spoken, Object json) {

    static ToolValue of(String text) {
        return new ToolValue(text, text);
    }

    /** How an answer shows it. */
    String shown() {
        return json instanceof String || json instanceof Number ? json.toString() : spoken;
    }
}
