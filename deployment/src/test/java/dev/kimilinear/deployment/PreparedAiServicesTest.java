package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.kimilinear.engine.Engine;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.test.QuarkusUnitTest;

/** What prompts of AI services begin with is read before the first of them comes. */
class PreparedAiServicesTest {

    private static final String RULES = "You are a helpful assistant. Answer in one short sentence, and stay friendly to all."
            + " Never tell anybody a secret that somebody else has told you.";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Helper.class, Untold.class, Other.class, Armed.class, Tools.class))
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.snapshots.disk", "0")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.other.chat-model.snapshots.disk", "0")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.other.chat-model.context-length", "1000")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.other.chat-model.snapshots.prepare-ai-services", "false");

    @RegisterAiService
    interface Helper {

        @SystemMessage(RULES)
        String ask(String question);

        @SystemMessage(RULES + " Today is {day}. And this is the rest.")
        @UserMessage("Say hello.")
        String greet(@V("day") String day);

        @SystemMessage(RULES)
        @UserMessage("""
                Tell me in one or two words, whether this text is friendly or not, and leave everything else out:
                {text}
                """)
        String judge(@V("text") String text);
    }

    @RegisterAiService
    interface Untold {

        String ask(String question);
    }

    @RegisterAiService(modelName = "other")
    interface Other {

        @SystemMessage(RULES)
        String ask(String question);
    }

    @ApplicationScoped
    static class Tools {

        @Tool("The weather of a city, as a word for the sky and a number of degrees")
        String getWeather(@P("The name of the city, without its country") String city) {
            return "sunny";
        }

        @Tool("The time of day in a country, in hours and minutes, as people there read it from their clocks")
        String getTime(@P("The name of the country, in English") String country) {
            return "10:14";
        }
    }

    @RegisterAiService(tools = Tools.class)
    interface Armed {

        @SystemMessage(RULES)
        String ask(String question);
    }

    @Inject
    Helper helper;

    @Inject
    Armed armed;

    @Inject
    Other other;

    @Inject
    Engine engine;

    @Inject
    @ModelName("other")
    Engine otherEngine;

    @Test
    @ActivateRequestContext
    void theFirstRequestReadsItsOwnWordsOnly() throws Exception {
        // One for each method of the first service, and one for the tools: its own beginning of the prompt.
        while (engine.stats().snapshots().count() < 4) {
            Thread.sleep(1);
        }
        assertThat(tokensRead(() -> helper.ask("Hello!"))).isLessThan(12);
        assertThat(tokensRead(() -> helper.greet("Monday"))).isLessThan(30);
        assertThat(tokensRead(() -> helper.judge("What a nice day!"))).isLessThan(20);

        // The declarations alone are more than this; there may be a second request, with a tool's result.
        assertThat(tokensRead(() -> armed.ask("Hello!"))).isLessThan(60);

        assertThat(otherEngine).isNotSameAs(engine);
        assertThat(otherEngine.stats().snapshots().count()).isZero();
        other.ask("Hello!");
        assertThat(otherEngine.stats().promptTokens()).isGreaterThan(40);
    }

    private long tokensRead(Runnable request) {
        long before = engine.stats().promptTokens();
        request.run();
        return engine.stats().promptTokens() - before;
    }
}
