package dev.kimilinear.engine.api;

/** The queue of requests is full. */
public class EngineOverloadedException extends EngineException {

    private static final long serialVersionUID = 1L;

    public EngineOverloadedException(int queueLength) {
        super("Engine is overloaded: " + queueLength + " requests are waiting, the most the queue holds. Try again later.");
    }
}
