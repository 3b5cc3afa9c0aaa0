package dev.kimilinear.engine.api;

/** Whether the model calls tools. */
public enum ToolChoice {
    /** As it sees fit. */
    AUTO,
    /** The answer is a call, or several. */
    REQUIRED,
    /** Never: it does not even hear of the tools. */
    NONE
}
