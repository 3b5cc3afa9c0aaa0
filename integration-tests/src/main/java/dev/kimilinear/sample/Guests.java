package dev.kimilinear.sample;

import jakarta.enterprise.context.ApplicationScoped;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.langchain4j.service.UserMessage;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.RegisterAiService.NoChatMemoryProviderSupplier;

/** Reads out of texts who is coming. The model's answer has this form whatever the text says. */
@RegisterAiService(chatMemoryProviderSupplier = NoChatMemoryProviderSupplier.class)
@ApplicationScoped
public interface Guests {

    /**
     * @param age in years
     * @param city where the guest lives
     */
    record Guest(@JsonProperty(required = true) String name, @JsonProperty(required = true) int age,
            @JsonProperty(required = true) String city) {
    }

    @UserMessage("""
            Extract the name, age and city from this text:
            {text}""")
    Guest read(String text);
}
