package dev.kimilinear.engine.api;

/** Why a generation ended by itself. */
public enum FinishReason {
    /** The model ended its turn, or a stop sequence appeared. */
    STOP,
    /** The model ended its turn with tool calls. */
    TOOL_CALLS,
    /** The output limit or the end of the context was reached. */
    LENGTH
}
