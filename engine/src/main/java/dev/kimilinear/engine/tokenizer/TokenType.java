package dev.kimilinear.engine.tokenizer;

/** What a token is for; the numbers are those of the GGUF key {@code tokenizer.ggml.token_type}. */
enum TokenType {

    /** Text in the byte alphabet. */
    NORMAL,
    /** Stands for what the vocabulary lacks; matched and hidden like a control token. */
    UNKNOWN,
    /** Structure of a prompt, such as the end of a turn: matched in text only on request, hidden in output. */
    CONTROL,
    /** Added text: matched in every text, shown in output. */
    USER_DEFINED,
    /** A hole in the id space: never matched, renders empty. */
    UNUSED;

    private static final TokenType[] BY_NUMBER = { UNUSED, NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, NORMAL };

    /** Numbers that GGUF does not define mean the same as unused; 6, a single byte, is text like any other here. */
    static TokenType of(int number) {
        return number < 0 || number >= BY_NUMBER.length ? UNUSED : BY_NUMBER[number];
    }
}
