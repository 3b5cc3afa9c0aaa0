package dev.kimilinear.runtime.chat;

import java.util.Locale;

import dev.kimilinear.engine.api.ContextLengthException;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.GenerationTimeoutException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;

/**
 * The engine's errors as LangChain4j's, so that retries and fault tolerance written against those work: an overload may
 * be retried, an impossible request may not. The engine's error stays as the cause.
 */
public final class ErrorMapper {

    private ErrorMapper() {
    }

    /** The error to report for one that ended, or refused, a generation; those that are not the engine's stay as they are. */
    public static Throwable map(Throwable error) {
        return switch (error) {
            case ContextLengthException e -> new InvalidRequestException(String.format(Locale.ROOT,
                    "Request needs %,d tokens (%,d prompt + %,d output) but the context is %,d. Shorten the prompt or raise "
                            + "quarkus.langchain4j.kimi-linear.chat-model.context-length.",
                    (long) e.promptTokens() + e.outputTokens(), e.promptTokens(), e.outputTokens(), e.contextTokens()), e);
            case EngineOverloadedException e -> new RateLimitException(e.getMessage(), e);
            case GenerationTimeoutException e -> new TimeoutException(e.getMessage(), e);
            case EngineClosedException e -> new NonRetriableException(e.getMessage(), e);
            case EngineException e -> new InternalServerException(e.getMessage(), e);
            case IllegalArgumentException e -> new InvalidRequestException(e.getMessage(), e);
            default -> error;
        };
    }
}
