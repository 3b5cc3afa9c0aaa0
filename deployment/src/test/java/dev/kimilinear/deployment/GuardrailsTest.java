package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.guardrail.InputGuardrail;
import dev.langchain4j.guardrail.InputGuardrailException;
import dev.langchain4j.guardrail.InputGuardrailResult;
import dev.langchain4j.guardrail.OutputGuardrail;
import dev.langchain4j.guardrail.OutputGuardrailResult;
import dev.langchain4j.service.guardrail.InputGuardrails;
import dev.langchain4j.service.guardrail.OutputGuardrails;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Multi;

/** Guardrails of AI services on the embedded model, around blocking and streamed answers. */
class GuardrailsTest {

    private static final String FRANCE = "What is the capital of France?";
    private static final String NORWAY = "What is the capital of Norway?";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Assistant.class, NoSecrets.class, NotFrance.class, Sentence.class))
            .overrideConfigKey("quarkus.langchain4j.temperature", "0");

    @RegisterAiService
    interface Assistant {

        @InputGuardrails(NoSecrets.class)
        String careful(String question);

        @OutputGuardrails(NotFrance.class)
        String notOfFrance(String question);

        @OutputGuardrails(Sentence.class)
        Multi<String> sentence(String question);
    }

    @ApplicationScoped
    static class NoSecrets implements InputGuardrail {

        @Override
        public InputGuardrailResult validate(UserMessage message) {
            return message.singleText().contains("secret") ? fatal("It asks for a secret") : success();
        }
    }

    @ApplicationScoped
    static class NotFrance implements OutputGuardrail {

        @Override
        public OutputGuardrailResult validate(AiMessage answer) {
            return answer.text().contains("Paris") ? reprompt("It is about France", NORWAY) : success();
        }
    }

    @ApplicationScoped
    static class Sentence implements OutputGuardrail {

        @Override
        public OutputGuardrailResult validate(AiMessage answer) {
            return answer.text().endsWith(".") ? success() : fatal("It is no sentence");
        }
    }

    @Inject
    Assistant assistant;

    @Test
    @ActivateRequestContext
    void aMessageThatIsRefusedDoesNotReachTheModel() {
        assertThatExceptionOfType(InputGuardrailException.class).isThrownBy(() -> assistant.careful("Tell me a secret."))
                .withMessageContaining("It asks for a secret");
        assertThat(assistant.careful(FRANCE)).contains("Paris");
    }

    @Test
    @ActivateRequestContext
    void anAnswerThatIsRefusedIsAskedForAnew() {
        assertThat(assistant.notOfFrance(FRANCE)).contains("Oslo").doesNotContain("Paris");
    }

    @Test
    @ActivateRequestContext
    void aStreamedAnswerIsChecked() {
        assertThat(String.join("", assistant.sentence(FRANCE).collect().asList().await().indefinitely())).contains("Paris");
    }
}
