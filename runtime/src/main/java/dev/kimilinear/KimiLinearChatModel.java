package dev.kimilinear;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import dev.kimilinear.runtime.chat.ChatStream;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.quarkus.runtime.BlockingOperationNotAllowedException;
import io.vertx.core.Context;

/**
 * The blocking chat model: the streaming one and a wait, so that both answer alike. Interrupting the waiting thread
 * cancels the generation. Thread-safe.
 */
public final class KimiLinearChatModel implements ChatModel {

    private final KimiLinearStreamingChatModel streaming;

    private KimiLinearChatModel(KimiLinearStreamingChatModel streaming) {
        this.streaming = streaming;
    }

    /**
     * Answers one request. Called by {@link #chat(ChatRequest)}, which merges the default parameters and tells the
     * listeners.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the request asks for what the model cannot do
     * @throws dev.langchain4j.exception.InvalidRequestException if a parameter is out of range or the request does not
     *         fit into the context
     * @throws dev.langchain4j.exception.RateLimitException if too many requests wait already
     * @throws BlockingOperationNotAllowedException on an event-loop thread
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (Context.isOnEventLoopThread()) {
            throw new BlockingOperationNotAllowedException("A blocking chat call on the event-loop thread "
                    + Thread.currentThread().getName() + " would stop every other request while the model answers. "
                    + "Annotate the calling method with @Blocking or @RunOnVirtualThread, or use the streaming model.");
        }
        Answer answer = new Answer();
        ChatStream stream = streaming.stream(request, answer, Runnable::run);
        return answer.await(stream);
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return streaming.defaultRequestParameters();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return streaming.supportedCapabilities();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return streaming.listeners();
    }

    @Override
    public ModelProvider provider() {
        return streaming.provider();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link KimiLinearChatModel}. */
    public static final class Builder extends ChatModelBuilder<Builder> {

        private Builder() {
        }

        @Override
        Builder self() {
            return this;
        }

        /** @throws IllegalArgumentException if the engine is missing */
        public KimiLinearChatModel build() {
            return new KimiLinearChatModel(new KimiLinearStreamingChatModel(this));
        }
    }

    /** Takes the end of the stream to the waiting thread. */
    private static final class Answer implements StreamingChatResponseHandler {

        private final CompletableFuture<ChatResponse> response = new CompletableFuture<>();

        @Override
        public void onCompleteResponse(ChatResponse completeResponse) {
            response.complete(completeResponse);
        }

        @Override
        public void onError(Throwable error) {
            response.completeExceptionally(error);
        }

        ChatResponse await(ChatStream stream) {
            try {
                return response.get();
            } catch (InterruptedException e) {
                stream.cancel();
                Thread.currentThread().interrupt();
                throw new LangChain4jException("The chat call was interrupted and its generation cancelled.", e);
            } catch (ExecutionException e) {
                throw switch (e.getCause()) {
                    case RuntimeException known -> known;
                    case Error error -> throw error;
                    default -> new LangChain4jException(e.getCause());
                };
            }
        }
    }
}
