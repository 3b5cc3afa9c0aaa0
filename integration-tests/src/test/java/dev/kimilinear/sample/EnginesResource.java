package dev.kimilinear.sample;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

import dev.kimilinear.engine.Engine;
import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.arc.profile.IfBuildProfile;

/** Which engines the application has; a test changes this file. The sample has but one model. */
@IfBuildProfile("dev")
@Path("/engines")
public class EnginesResource {

    private static final String VERSION = "version 0";

    private final Engine first;
    private final Engine second;
    private final ChatModel model;

    EnginesResource(Engine first, @ModelName("second") Engine second, ChatModel model) {
        this.first = first;
        this.second = second;
        this.model = model;
    }

    @GET
    public String engines() {
        return VERSION + ", " + System.identityHashCode(first) + ", " + System.identityHashCode(second) + ", "
                + model.chat("What is the capital of France?");
    }
}
