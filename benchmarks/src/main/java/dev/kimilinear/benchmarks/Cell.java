package dev.kimilinear.benchmarks;

/**
 * One thing that is measured on both sides.
 *
 * @param model name of the model file, which says what is in it
 * @param weights name of the mix of weight types; empty for the tokenizer
 * @param tokens prompt tokens, or tokens decoded one by one, in one run; ids for {@link Kind#TOKENIZE}; sequences for
 *        {@link Kind#CHATS}
 * @param depth tokens that the sequence holds before the first run
 */
record Cell(String model, String weights, int threads, Kind kind, int tokens, int depth) {

    enum Kind {
        PREFILL,
        DECODE,
        CHATS,
        TOKENIZE,
        OPEN
    }

    /** The cell as the log and the table call it. */
    String label() {
        return switch (kind) {
            case PREFILL -> weights + " prompt of " + tokens + atDepth();
            case DECODE -> weights + " decode" + atDepth();
            case CHATS -> weights + " " + tokens + " chats at a time";
            case TOKENIZE -> "tokenizing 1 MB";
            case OPEN -> weights + " open to first token";
        };
    }

    private String atDepth() {
        return depth == 0 ? "" : " at depth " + depth;
    }
}
