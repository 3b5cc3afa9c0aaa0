package dev.kimilinear.runtime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Usage;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

class ChatStreamTest {

    private static final GenerationResult RESULT = new GenerationResult("ab", "", List.of(), List.of(1, 2), new Usage(3, 2),
            FinishReason.STOP);

    private final Handler handler = new Handler();
    private final Submitted generation = new Submitted();
    private final ChatStream stream = new ChatStream(handler, Runnable::run, () -> new ChatResponseMapper("kimi"),
            new ChatLog(false, false));

    @Test
    void piecesAndTheCompleteResponseArriveInOrder() {
        stream.started(generation);

        stream.onText("a");
        stream.onText("b");
        stream.onComplete(RESULT);

        assertThat(handler.heard).containsExactly("a", "b", "complete ab");
        assertThat(handler.complete.id()).isEqualTo("generation-1");
    }

    @Test
    void cancellingFromAPieceEndsTheGenerationAndAllCallbacks() {
        stream.started(generation);
        handler.onPiece = (text, context) -> context.streamingHandle().cancel();

        stream.onText("a");
        stream.onText("b");
        stream.onComplete(RESULT);
        stream.onError(new EngineClosedException("kimi"));

        assertThat(handler.heard).containsExactly("a");
        assertThat(generation.cancels).isEqualTo(1);
        assertThat(stream.isCancelled()).isTrue();
    }

    @Test
    void aCancellationThatComesBeforeTheSubmissionReturnsIsNotLost() {
        stream.cancel();
        assertThat(generation.cancels).isZero();

        stream.started(generation);

        assertThat(generation.cancels).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsHearsItsExceptionAndTheStreamGoesOn() {
        stream.started(generation);
        RuntimeException thrown = new RuntimeException("mine");
        handler.onPiece = (text, context) -> {
            throw thrown;
        };

        stream.onText("a");
        stream.onText("b");
        stream.onComplete(RESULT);

        assertThat(handler.heard).containsExactly("a", "error mine", "b", "error mine", "complete ab");
        assertThat(handler.errors).containsExactly(thrown, thrown);
        assertThat(generation.cancels).isZero();
    }

    @Test
    void anExceptionFromTheCompleteResponseGoesToOnErrorOnce() {
        stream.started(generation);
        handler.failOnComplete = new IllegalStateException("late");

        stream.onComplete(RESULT);

        assertThat(handler.heard).containsExactly("complete ab", "error late");
    }

    @Test
    void anExceptionFromOnErrorIsSwallowed() {
        stream.started(generation);
        handler.failOnError = new IllegalStateException("worse");

        stream.onError(new EngineClosedException("kimi"));

        assertThat(handler.errors).singleElement().isExactlyInstanceOf(NonRetriableException.class);
    }

    private static final class Handler implements StreamingChatResponseHandler {

        final List<String> heard = new ArrayList<>();
        final List<Throwable> errors = new ArrayList<>();
        BiConsumer<String, PartialResponseContext> onPiece = (text, context) -> {
        };
        RuntimeException failOnComplete;
        RuntimeException failOnError;
        ChatResponse complete;

        @Override
        public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
            heard.add(partialResponse.text());
            onPiece.accept(partialResponse.text(), context);
        }

        @Override
        public void onCompleteResponse(ChatResponse completeResponse) {
            heard.add("complete " + completeResponse.aiMessage().text());
            complete = completeResponse;
            if (failOnComplete != null) {
                throw failOnComplete;
            }
        }

        @Override
        public void onError(Throwable error) {
            heard.add("error " + error.getMessage());
            errors.add(error);
            if (failOnError != null) {
                throw failOnError;
            }
        }
    }

    private static final class Submitted implements Generation {

        int cancels;

        @Override
        public String id() {
            return "generation-1";
        }

        @Override
        public int promptTokens() {
            return 3;
        }

        @Override
        public int restoredTokens() {
            return 0;
        }

        @Override
        public Status status() {
            return Status.RUNNING;
        }

        @Override
        public void cancel() {
            cancels++;
        }

        @Override
        public GenerationResult await() {
            return RESULT;
        }
    }
}
