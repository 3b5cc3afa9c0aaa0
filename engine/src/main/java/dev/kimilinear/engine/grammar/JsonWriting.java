package dev.kimilinear.engine.grammar;

/** How JSON is written where JSON itself leaves a choice. */
public enum JsonWriting {
    /** As Python's {@code json.dumps}: {@code {"a": 1, "b": 2}}. */
    SPACED,
    /** Without white space: {@code {"a":1,"b":2}}. */
    COMPACT,
    /** In any way that is not endless. */
    ANY
}
