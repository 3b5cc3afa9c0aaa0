package dev.kimilinear.engine.api;

/** A JSON schema asks for what an answer cannot be held to; the message says where in the schema, and what instead. */
public class UnsupportedSchemaException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    public UnsupportedSchemaException(String message) {
        super(message);
    }
}
