package dev.kimilinear.trainer.data.skill;

/**
 * A value of an argument or a result.
 *
 * @param spoken how the user writes it
 * @param shown how an answer shows it
 * @param json what stands in the arguments of a call, for {@code Json}
 */
record ToolValue(String spoken, String shown, Object json) {

    static ToolValue of(Object value) {
        return new ToolValue(value.toString(), value.toString(), value);
    }

    /** A name in JSON that has an article in sentences: "the lamp". */
    static ToolValue of(String inSentence, String name) {
        return new ToolValue(inSentence, inSentence, name);
    }
}
