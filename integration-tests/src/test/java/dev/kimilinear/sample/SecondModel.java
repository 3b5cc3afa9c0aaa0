package dev.kimilinear.sample;

import jakarta.enterprise.context.ApplicationScoped;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.arc.profile.IfBuildProfile;

/** Makes the sample ask for a second model, but only in dev mode: other tests of it count on one. */
@ApplicationScoped
@IfBuildProfile("dev")
public class SecondModel {

    @ModelName("second")
    ChatModel model;
}
