package dev.kimilinear.sample;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import dev.langchain4j.model.chat.ChatModel;

/** Which model answers. */
@Path("/api/model")
public class ModelResource {

    /** @param name the model's name; null as long as its file is fetched */
    public record Model(String name) {
    }

    private final ChatModel chatModel;

    ModelResource(ChatModel chatModel) {
        this.chatModel = chatModel;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Model model() {
        return new Model(chatModel.defaultRequestParameters().modelName());
    }
}
