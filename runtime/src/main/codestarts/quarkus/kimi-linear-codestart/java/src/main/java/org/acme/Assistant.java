package org.acme;

import io.quarkiverse.langchain4j.RegisterAiService;
import io.smallrye.mutiny.Multi;

/** What the application asks of the model; Quarkus writes the implementation. */
@RegisterAiService
public interface Assistant {

    /** The answer in pieces, as the model writes them. */
    Multi<String> chat(String message);
}
