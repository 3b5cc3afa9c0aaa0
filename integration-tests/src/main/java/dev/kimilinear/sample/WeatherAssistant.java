package dev.kimilinear.sample;

import dev.langchain4j.service.UserMessage;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent;
import io.smallrye.mutiny.Multi;

/** Answers questions about the weather with the help of a tool. Its scope is the request, and its memory ends with that. */
@RegisterAiService(tools = Weather.class)
public interface WeatherAssistant {

    /** What happens until the answer is there: pieces of calls, calls and their results, pieces of the text. */
    Multi<ChatEvent> ask(@UserMessage String question);
}
