package dev.kimilinear.engine.api;

/** A model cannot be fetched. */
public class ModelSupplyException extends EngineException {

    private static final long serialVersionUID = 1L;

    public ModelSupplyException(String message) {
        super(message);
    }

    public ModelSupplyException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The thread that fetched was interrupted. */
    public static final class Cancelled extends ModelSupplyException {

        private static final long serialVersionUID = 1L;

        public Cancelled() {
            super("The download was cancelled. What has arrived is kept, and the next start goes on from there.");
        }
    }

    /** The hub or the server did not answer, or may not be asked: another time it may. */
    public static final class Unreachable extends ModelSupplyException {

        private static final long serialVersionUID = 1L;

        public Unreachable(String message) {
            super(message);
        }

        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
