package dev.kimilinear;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.runtime.chat.ChatRequestMapper;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.TokenCountEstimator;

/** Counts tokens as the model does: with its vocabulary, and for messages with its chat template. Thread-safe. */
public final class KimiLinearTokenCountEstimator implements TokenCountEstimator {

    private static final ChatTurn ANY = ChatTurn.user("");

    private final Supplier<Engine> engine;

    /** @param engine the engine of the model; not closed here */
    public KimiLinearTokenCountEstimator(Engine engine) {
        this(() -> engine);
    }

    /** @param engine the engine of the model, asked for each time; what it throws goes to the caller */
    public KimiLinearTokenCountEstimator(Supplier<Engine> engine) {
        this.engine = engine;
    }

    @Override
    public int estimateTokenCountInText(String text) {
        return text.isEmpty() ? 0 : count(List.of(ChatTurn.user(text))) - count(List.of(ANY));
    }

    /** What a message adds to a conversation. */
    @Override
    public int estimateTokenCountInMessage(ChatMessage message) {
        return count(List.of(ANY, ChatRequestMapper.turn(message))) - count(List.of(ANY));
    }

    /** The whole prompt of a request with these messages, without tools. */
    @Override
    public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
        List<ChatTurn> turns = new ArrayList<>();
        messages.forEach(message -> turns.add(ChatRequestMapper.turn(message)));
        return turns.isEmpty() ? 0 : count(turns);
    }

    private int count(List<ChatTurn> turns) {
        return engine.get().countTokens(new Prompt.Chat(turns, List.of()));
    }
}
