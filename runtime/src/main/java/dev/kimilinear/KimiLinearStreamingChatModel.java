package dev.kimilinear;

import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.UnsupportedSchemaException;
import dev.kimilinear.runtime.chat.ChatLog;
import dev.kimilinear.runtime.chat.ChatRequestMapper;
import dev.kimilinear.runtime.chat.ChatResponseMapper;
import dev.kimilinear.runtime.chat.ChatStream;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;

/**
 * The streaming chat model. Handlers are called in order on a thread of the request's own, neither the caller's nor the
 * one that computes; the {@link StreamingHandle} in the context form of their callbacks ends the generation at the next
 * token or prefill chunk. {@link #start} returns that handle before the first token. Thread-safe.
 */
public final class KimiLinearStreamingChatModel implements StreamingChatModel {

    /** How {@link #doChat}, which returns nothing, hands the stream to {@link #start} on the same thread. */
    private static final ScopedValue<Started> STARTED = ScopedValue.newInstance();

    /** An open engine, and how requests and responses are mapped for its model. */
    private record Opened(Engine engine, ChatRequestMapper requests, ChatResponseMapper responses) {
    }

    private final Supplier<Engine> engine;
    private final ChatLog log;
    private final KimiLinearChatRequestParameters parameters;
    private final List<ChatModelListener> listeners;
    /** Null until there is an engine. */
    private volatile Opened opened;

    KimiLinearStreamingChatModel(ChatModelBuilder<?> builder) {
        if (builder.engine == null) {
            throw new IllegalArgumentException("engine is null, expected the engine that answers");
        }
        this.engine = builder.engine;
        this.parameters = builder.parameters();
        this.listeners = builder.listeners;
        this.log = new ChatLog(builder.logRequests, builder.logResponses);
        try {
            opened();
        } catch (ModelLoadingException | ModelNotFoundException e) {
            // Requests will say the same.
        }
    }

    /** @throws ModelLoadingException, or what else the supplier of the engine throws, as long as there is none */
    private Opened opened() {
        Opened known = opened;
        if (known == null) {
            Engine open = engine.get();
            String modelName = open.model().name();
            known = new Opened(open, new ChatRequestMapper(modelName, parameters), new ChatResponseMapper(modelName));
            opened = known;
        }
        return known;
    }

    /**
     * As LangChain4j defines it, and in addition the {@code Multi} of a Quarkus AI service can cancel before the first
     * token.
     */
    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        AiServiceCancellation.offer(handler, start(request, options, handler));
    }

    /**
     * The same as {@link #chat(ChatRequest, ChatRequestOptions, StreamingChatResponseHandler)}, and returns at once the
     * handle that the callbacks will carry: it cancels a request that waits or still reads its prompt.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the request asks for what the model cannot do;
     *         everything else goes to {@link StreamingChatResponseHandler#onError}
     */
    public StreamingHandle start(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        Started started = new Started();
        // The default method merges the parameters and tells the listeners; it calls doChat on this thread.
        ScopedValue.where(STARTED, started).run(() -> StreamingChatModel.super.chat(request, options, handler));
        return started.stream;
    }

    /** {@link #start(ChatRequest, ChatRequestOptions, StreamingChatResponseHandler)} without options. */
    public StreamingHandle start(ChatRequest request, StreamingChatResponseHandler handler) {
        return start(request, ChatRequestOptions.EMPTY, handler);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        ChatStream stream = stream(request, handler, CallerContext.capture());
        if (STARTED.isBound()) {
            STARTED.get().stream = stream;
        }
    }

    /**
     * The one path of every request, blocking or streaming.
     *
     * @param callbacks runs each callback, in place
     */
    ChatStream stream(ChatRequest request, StreamingChatResponseHandler handler, Executor callbacks) {
        ChatStream stream = new ChatStream(handler, callbacks, () -> opened().responses(), log);
        try {
            log.request(request);
            Opened open = opened();
            stream.started(open.engine().submit(open.requests().map(request), stream));
        } catch (UnsupportedSchemaException e) {
            throw new UnsupportedFeatureException(e.getMessage());
        } catch (EngineException | IllegalArgumentException | ModelLoadingException | ModelNotFoundException e) {
            stream.onError(e);
        }
        return stream;
    }

    /** The model's name included, as soon as that is known. */
    @Override
    public ChatRequestParameters defaultRequestParameters() {
        Opened known = opened;
        return known == null ? parameters : known.requests().defaults();
    }

    /** Answers are held to a JSON schema while they are written. */
    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }

    @Override
    public List<ChatModelListener> listeners() {
        return listeners;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link KimiLinearStreamingChatModel}. */
    public static final class Builder extends ChatModelBuilder<Builder> {

        private Builder() {
        }

        @Override
        Builder self() {
            return this;
        }

        /** @throws IllegalArgumentException if the engine is missing */
        public KimiLinearStreamingChatModel build() {
            return new KimiLinearStreamingChatModel(this);
        }
    }

    private static final class Started {
        ChatStream stream;
    }
}
