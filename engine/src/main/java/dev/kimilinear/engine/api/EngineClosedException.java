package dev.kimilinear.engine.api;

/** The engine was closed before the request could end. */
public class EngineClosedException extends EngineException {

    private static final long serialVersionUID = 1L;

    public EngineClosedException(String modelName) {
        super("Engine of model \"" + modelName + "\" is closed.");
    }
}
