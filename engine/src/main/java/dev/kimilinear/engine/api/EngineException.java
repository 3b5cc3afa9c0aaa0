package dev.kimilinear.engine.api;

/** The root of the engine's errors. Its message says what failed, where, what was found and expected, and the cure. */
public class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
