package dev.kimilinear.runtime.chat;

import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onCompleteToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialResponse;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialThinking;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.onPartialToolCall;
import static dev.langchain4j.internal.InternalStreamingChatResponseHandlerUtils.withLoggingExceptions;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.Usage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;

/**
 * One streamed answer: what the engine says of a generation goes to LangChain4j's handler, and the handle that the
 * handler gets cancels the generation.
 *
 * <p>
 * LangChain4j's rules for handlers that throw: from a partial response the exception goes to {@code onError} and the
 * stream goes on; from the complete response it goes to {@code onError} once; from {@code onError} it is logged. After
 * {@link #cancel} nothing is called any more.
 */
public final class ChatStream implements GenerationListener, StreamingHandle {

    private final StreamingChatResponseHandler handler;
    private final Executor callbacks;
    private final Supplier<ChatResponseMapper> responses;
    private final ChatLog log;
    /** Completed a moment after the engine knows this listener: callbacks can come before. */
    private final CompletableFuture<Generation> generation = new CompletableFuture<>();
    private volatile boolean cancelled;

    /**
     * @param callbacks runs each callback, in place
     * @param responses asked for when the answer is complete
     */
    public ChatStream(StreamingChatResponseHandler handler, Executor callbacks, Supplier<ChatResponseMapper> responses,
            ChatLog log) {
        this.handler = handler;
        this.callbacks = callbacks;
        this.responses = responses;
        this.log = log;
    }

    /** Whoever submitted this listener hands over what the engine returned. */
    public void started(Generation generation) {
        this.generation.complete(generation);
    }

    @Override
    public void cancel() {
        cancelled = true;
        generation.thenAccept(Generation::cancel);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onText(String text) {
        if (!cancelled) {
            callbacks.execute(() -> onPartialResponse(handler, text, this));
        }
    }

    @Override
    public void onThinking(String text) {
        if (!cancelled) {
            callbacks.execute(() -> onPartialThinking(handler, text, this));
        }
    }

    @Override
    public void onToolCallArguments(int index, String id, String name, String piece) {
        // LangChain4j has no word for a call that has begun and has no arguments yet.
        if (!cancelled && !piece.isEmpty()) {
            PartialToolCall call = PartialToolCall.builder().index(index).id(id).name(name).partialArguments(piece).build();
            callbacks.execute(() -> onPartialToolCall(handler, call, this));
        }
    }

    @Override
    public void onToolCall(int index, ToolCall call) {
        if (!cancelled) {
            CompleteToolCall complete = new CompleteToolCall(index, ChatResponseMapper.request(call));
            callbacks.execute(() -> onCompleteToolCall(handler, complete));
        }
    }

    @Override
    public void onComplete(GenerationResult result) {
        // The answer can be complete in the engine while its last pieces are still being delivered, and the handler may
        // cancel on one of those.
        if (!cancelled) {
            ChatResponse response = responses.get().map(generation.join().id(), result);
            log.response(response);
            callbacks.execute(() -> onCompleteResponse(handler, response));
        }
    }

    @Override
    public void onError(Throwable error) {
        if (!cancelled) {
            Throwable mapped = ErrorMapper.map(error);
            log.error(mapped);
            callbacks.execute(() -> withLoggingExceptions(() -> handler.onError(mapped)));
        }
    }

    @Override
    public void onCancelled(Usage usage) {
        log.cancelled(generation.join().id());
    }
}
