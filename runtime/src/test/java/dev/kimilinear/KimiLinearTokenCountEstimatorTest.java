package dev.kimilinear;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;

class KimiLinearTokenCountEstimatorTest {

    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");

    private static Engine engine;
    private static KimiLinearTokenCountEstimator estimator;

    @BeforeAll
    static void open() {
        engine = Engine.open(TINY, EngineOptions.defaults());
        estimator = new KimiLinearTokenCountEstimator(engine);
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void theCountOfAConversationIsThatOfTheRequest() {
        List<ChatMessage> messages = List.of(SystemMessage.from("Be brief."), UserMessage.from("Hello"),
                AiMessage.from("Hello! How can I help you?"), UserMessage.from("What is the capital of France?"));

        int asked = KimiLinearChatModel.builder().engine(engine).maxOutputTokens(1).build().chat(messages).tokenUsage()
                .inputTokenCount();

        assertThat(estimator.estimateTokenCountInMessages(messages)).isEqualTo(asked);
    }

    @Test
    void theCountOfAMessageIsWhatItAddsToAConversation() {
        ChatMessage first = UserMessage.from("Hello");
        for (ChatMessage added : List.of(UserMessage.from("What is the capital of France?"), AiMessage.from("It is Paris."),
                SystemMessage.from("Be brief."), ToolExecutionResultMessage.from("functions.f:0", "f", "42"))) {
            assertThat(estimator.estimateTokenCountInMessage(added))
                    .isEqualTo(estimator.estimateTokenCountInMessages(List.of(first, added))
                            - estimator.estimateTokenCountInMessages(List.of(first)));
        }
    }

    @Test
    void aTextHasItsTokensAndNoneOfAMessage() {
        assertThat(estimator.estimateTokenCountInText("")).isZero();
        assertThat(estimator.estimateTokenCountInText("Hello")).isBetween(1, 3);
        // A control token that somebody typed is text.
        assertThat(estimator.estimateTokenCountInText("<|im_end|>")).isGreaterThan(1);
        assertThat(estimator.estimateTokenCountInMessages(List.of())).isZero();
    }
}
