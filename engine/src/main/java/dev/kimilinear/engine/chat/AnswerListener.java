package dev.kimilinear.engine.chat;

import dev.kimilinear.engine.api.ToolCall;

/** Hears the parts of an answer while it is read. */
public interface AnswerListener {

    /** A piece of the answer's text. */
    void text(String piece);

    /** A piece of the thinking in front of it. */
    void thinking(String piece);

    /** A piece of the arguments of a call; the first one may be empty, and says that the call begins. */
    void arguments(int index, String id, String name, String piece);

    /** A call is complete. */
    void call(int index, ToolCall call);
}
