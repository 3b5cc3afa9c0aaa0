package dev.kimilinear;

import dev.langchain4j.exception.RetriableException;

/** The model's file is being fetched or opened: the same request may be answered later. The message says how far it is. */
public class ModelLoadingException extends RetriableException {

    private static final long serialVersionUID = 1L;

    public ModelLoadingException(String message) {
        super(message);
    }
}
