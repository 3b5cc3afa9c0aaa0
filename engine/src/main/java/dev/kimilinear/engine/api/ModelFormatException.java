package dev.kimilinear.engine.api;

/** A model file that is damaged, incomplete, or not one this engine can run. */
public class ModelFormatException extends EngineException {

    private static final long serialVersionUID = 1L;

    public ModelFormatException(String message) {
        super(message);
    }

    public ModelFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
