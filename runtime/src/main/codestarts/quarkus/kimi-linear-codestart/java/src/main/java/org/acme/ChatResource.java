package org.acme;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;

/** The assistant over HTTP. */
@Path("/chat")
public class ChatResource {

    private final Assistant assistant;

    ChatResource(Assistant assistant) {
        this.assistant = assistant;
    }

    /** The answer to the message in the body, streamed. Closing the connection stops the model. */
    @POST
    @Consumes(MediaType.TEXT_PLAIN)
    @Produces(MediaType.TEXT_PLAIN)
    @Blocking // the message is made a prompt and tokenised on this thread
    public Multi<String> chat(String message) {
        return assistant.chat(message);
    }
}
