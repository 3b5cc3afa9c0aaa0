package dev.kimilinear.sample;

import jakarta.enterprise.context.ApplicationScoped;

import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.UserMessage;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.smallrye.mutiny.Multi;

/**
 * What the application asks of the model; Quarkus writes the implementation.
 * <p>
 * Application scoped, because the memory of an AI service ends with its scope, and a conversation lasts longer than one
 * request.
 */
@RegisterAiService
@ApplicationScoped
public interface Assistant {

    /** The whole answer, with the tokens it took. */
    Result<String> answer(@MemoryId String session, @UserMessage String message);

    /** The answer in pieces, as the model writes them. */
    Multi<String> stream(@MemoryId String session, @UserMessage String message);
}
