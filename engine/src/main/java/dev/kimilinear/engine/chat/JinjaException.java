package dev.kimilinear.engine.chat;

/** A template that could not be rendered. Stays within the package: callers learn of it by an exception of the API. */
final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean raisedByTemplate;

    /** @param message place and reason, without a full stop */
    JinjaException(String message) {
        this(message, false);
    }

    private JinjaException(String message, boolean raisedByTemplate) {
        super(message, null, false, false);
        this.raisedByTemplate = raisedByTemplate;
    }

    /** What a template refuses by itself, with {@code raise_exception}. */
    static JinjaException raised(String message) {
        return new JinjaException(message, true);
    }

    boolean isRaisedByTemplate() {
        return raisedByTemplate;
    }
}
