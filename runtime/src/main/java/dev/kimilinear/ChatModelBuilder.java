package dev.kimilinear;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.kimilinear.engine.Engine;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;

/** What the builders of both chat models have in common: all of it. */
abstract sealed class ChatModelBuilder<B extends ChatModelBuilder<B>>
        permits KimiLinearChatModel.Builder, KimiLinearStreamingChatModel.Builder {

    private final KimiLinearChatRequestParameters.Builder parameters = KimiLinearChatRequestParameters.builder()
            .overrideWith(KimiLinearChatRequestParameters.DEFAULTS);
    Supplier<Engine> engine;
    List<ChatModelListener> listeners = List.of();
    boolean logRequests;
    boolean logResponses;

    abstract B self();

    KimiLinearChatRequestParameters parameters() {
        return parameters.build();
    }

    /** The engine that answers; required. The model does not close it, and several models may share it. */
    public B engine(Engine engine) {
        return engine(engine == null ? null : () -> engine);
    }

    /**
     * The same, of an engine that may not be open yet. Requests ask for it until there is one.
     *
     * @param engine what it throws is the answer to the request
     */
    public B engine(Supplier<Engine> engine) {
        this.engine = engine;
        return self();
    }

    /** Parameters for requests that do not set their own; those that are null here keep their value. */
    public B defaultRequestParameters(ChatRequestParameters defaults) {
        parameters.overrideWith(defaults);
        return self();
    }

    /** 0 (greedy) or more. */
    public B temperature(double temperature) {
        parameters.temperature(temperature);
        return self();
    }

    /** Keep the k most probable tokens; 0 keeps all. */
    public B topK(int topK) {
        parameters.topK(topK);
        return self();
    }

    /** Keep the smallest set of most probable tokens whose probabilities sum to at least p; 1 keeps all. */
    public B topP(double topP) {
        parameters.topP(topP);
        return self();
    }

    /** Keep tokens at least p times as probable as the most probable one; 0 keeps all. */
    public B minP(double minP) {
        parameters.minP(minP);
        return self();
    }

    /** The seed of the random draw; without one every answer is drawn anew. */
    public B seed(long seed) {
        parameters.seed(seed);
        return self();
    }

    /** The most tokens of an answer; 0 means as many as the context holds. */
    public B maxOutputTokens(int maxOutputTokens) {
        parameters.maxOutputTokens(maxOutputTokens);
        return self();
    }

    /** How long a request may take, waiting for other requests included; zero means as long as it takes. */
    public B timeout(Duration timeout) {
        parameters.timeout(timeout);
        return self();
    }

    /** Texts that end the answer; they are not part of it. */
    public B stopSequences(List<String> stopSequences) {
        parameters.stopSequences(stopSequences);
        return self();
    }

    /** Hear of every request, response and error. */
    public B listeners(List<ChatModelListener> listeners) {
        this.listeners = List.copyOf(listeners);
        return self();
    }

    /** Whether requests are logged, messages included. */
    public B logRequests(boolean logRequests) {
        this.logRequests = logRequests;
        return self();
    }

    /** Whether responses are logged, text included. */
    public B logResponses(boolean logResponses) {
        this.logResponses = logResponses;
        return self();
    }
}
