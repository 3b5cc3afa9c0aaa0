package dev.kimilinear.runtime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.ContextLengthException;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.GenerationTimeoutException;
import dev.kimilinear.engine.api.Usage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;

class ErrorMapperTest {

    @Test
    void aRequestThatDoesNotFitIsInvalidWithItsNumbersAndTheKeyToRaise() {
        ContextLengthException error = new ContextLengthException(8698, 512, 8192);

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(InvalidRequestException.class).hasCause(error)
                .hasMessage("Request needs 9,210 tokens (8,698 prompt + 512 output) but the context is 8,192. "
                        + "Shorten the prompt or raise quarkus.langchain4j.kimi-linear.chat-model.context-length.");
    }

    @Test
    void anOverloadMayBeRetried() {
        EngineOverloadedException error = new EngineOverloadedException(64);

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(RateLimitException.class)
                .isInstanceOf(RetriableException.class).hasCause(error).hasMessage(error.getMessage());
    }

    @Test
    void aTimeoutIsOne() {
        GenerationTimeoutException error = new GenerationTimeoutException(5000, 4000, 10, new Usage(2000, 0));

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(TimeoutException.class).hasCause(error)
                .hasMessage("Request is not done after 5,000 ms (timeout): it waited 4,000 ms in the queue, read 10 of 2,000"
                        + " prompt tokens and generated 0. Raise the timeout, ask for less, or run fewer requests at a time.");
    }

    @Test
    void aClosedEngineStaysClosed() {
        EngineClosedException error = new EngineClosedException("kimi");

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(NonRetriableException.class).hasCause(error)
                .hasMessageContaining("kimi");
    }

    @Test
    void anyOtherErrorOfTheEngineIsInternal() {
        EngineException error = new EngineException("broken");

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(InternalServerException.class).hasCause(error)
                .hasMessage("broken");
    }

    @Test
    void aValueOutOfRangeIsAnInvalidRequest() {
        IllegalArgumentException error = new IllegalArgumentException("topP is 2.0");

        assertThat(ErrorMapper.map(error)).isExactlyInstanceOf(InvalidRequestException.class).hasCause(error)
                .hasMessage("topP is 2.0");
    }

    @Test
    void whatIsNotTheEnginesStaysAsItIs() {
        UnsupportedFeatureException theirs = new UnsupportedFeatureException("no");
        OutOfMemoryError memory = new OutOfMemoryError();

        assertThat(ErrorMapper.map(theirs)).isSameAs(theirs);
        assertThat(ErrorMapper.map(memory)).isSameAs(memory);
    }
}
