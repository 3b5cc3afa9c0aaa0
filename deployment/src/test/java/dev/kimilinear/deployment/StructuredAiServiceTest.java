package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.test.QuarkusUnitTest;

/** AI services whose answers are objects, and those with tools, on the embedded model. */
class StructuredAiServiceTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Extractor.class, Person.class, Mood.class, Tools.class, Helper.class,
                    Requests.class))
            .overrideConfigKey("quarkus.langchain4j.temperature", "0")
            .overrideConfigKey("quarkus.langchain4j.chat-memory.type", "token-window")
            .overrideConfigKey("quarkus.langchain4j.chat-memory.token-window.max-tokens", "2000")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.max-output-tokens", "300");

    enum Mood {
        HAPPY,
        SAD
    }

    record Person(@JsonProperty(required = true) String name, int age, @JsonProperty(required = true) Mood mood) {
    }

    @RegisterAiService
    interface Extractor {

        @dev.langchain4j.service.UserMessage("Extract name, age and mood: {text}")
        Person person(String text);

        List<String> words(String text);

        Result<String> result(String text);
    }

    @ApplicationScoped
    static class Tools {

        @Tool("The weather of a city")
        String getWeather(String city) {
            return "sunny in " + city;
        }
    }

    @RegisterAiService(tools = Tools.class)
    interface Helper {

        @SystemMessage("Answer in one sentence.")
        String answer(String question);
    }

    /** What AI services ask of the model. */
    @ApplicationScoped
    static class Requests implements ChatModelListener {

        private final List<ChatRequest> heard = new CopyOnWriteArrayList<>();

        List<ChatRequest> heard() {
            return heard;
        }

        @Override
        public void onRequest(ChatModelRequestContext context) {
            heard.add(context.chatRequest());
        }
    }

    @Inject
    Extractor extractor;

    @Inject
    Helper helper;

    @Inject
    Requests requests;

    @Inject
    ChatModel model;

    @Inject
    TokenCountEstimator estimator;

    @Test
    @ActivateRequestContext
    void anObjectIsAnswered() {
        requests.heard().clear();

        Person person = extractor.person("My name is Anna, I am 42 years old and happy.");

        assertThat(person.name()).isNotNull();
        assertThat(person.mood()).isIn(Mood.HAPPY, Mood.SAD);
        assertThat(requests.heard().getFirst().parameters().responseFormat().type()).isEqualTo(ResponseFormatType.JSON);
        assertThat(requests.heard().getFirst().parameters().responseFormat().jsonSchema()).isNotNull();
    }

    @Test
    @ActivateRequestContext
    void aListIsAnswered() {
        assertThat(extractor.words("Repeat: red, green, blue")).isNotNull();
    }

    /** Quarkus LangChain4j asks for JSON of the type that wraps the answer. */
    @Test
    @ActivateRequestContext
    void aResultOfTextIsText() {
        Result<String> result = extractor.result("What is the capital of France?");

        assertThat(result.content()).contains("Paris").doesNotContain("{");
        assertThat(result.tokenUsage().outputTokenCount()).isPositive();
    }

    @Test
    @ActivateRequestContext
    void toolsAreDeclaredAndTheServiceAnswers() {
        requests.heard().clear();

        assertThat(helper.answer("What is the weather in Munich?")).isNotBlank();
        assertThat(requests.heard().getFirst().parameters().toolSpecifications()).singleElement()
                .satisfies(tool -> assertThat(tool.name()).isEqualTo("getWeather"));
    }

    @Test
    void tokensAreCountedAsTheModelCountsThem() {
        ChatResponse response = model.chat(UserMessage.from("Hello"));

        assertThat(estimator.estimateTokenCountInMessages(List.of(UserMessage.from("Hello"))))
                .isEqualTo(response.tokenUsage().inputTokenCount());
    }
}
