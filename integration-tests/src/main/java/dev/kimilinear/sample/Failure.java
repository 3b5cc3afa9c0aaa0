package dev.kimilinear.sample;

import jakarta.ws.rs.WebApplicationException;

import org.jboss.logging.Logger;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DatabindException;

import dev.kimilinear.engine.api.ContextLengthException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RetriableException;

/**
 * Why a request has no answer, as a client reads it: {@code {"error": ".."}}.
 *
 * @param status the HTTP status
 * @param error one sentence or two for the person who asked
 */
public record Failure(@JsonIgnore int status, String error) {

    private static final Logger LOG = Logger.getLogger(Failure.class);

    /** By the first cause that says what is wrong with the request; anything else is logged and is our fault. */
    static Failure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case InvalidRequestException refused -> {
                    boolean tooLong = refused.getCause() instanceof ContextLengthException;
                    return new Failure(tooLong ? 413 : 400, refused.getMessage());
                }
                case RetriableException later -> {
                    return new Failure(503, later.getMessage());
                }
                case StreamReadException noJson -> {
                    return new Failure(400, "The body is not JSON: " + noJson.getOriginalMessage());
                }
                case DatabindException otherJson -> {
                    return new Failure(400, ChatResource.EXPECTED);
                }
                case WebApplicationException web when web.getCause() == null -> {
                    return new Failure(web.getResponse().getStatus(), web.getMessage());
                }
                default -> {
                }
            }
        }
        LOG.error("A chat request failed", failure);
        return new Failure(500, "The request failed inside the server; its log says why.");
    }
}
