package dev.kimilinear.sample;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.service.Result;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import io.quarkiverse.langchain4j.ChatMemoryRemover;
import io.smallrye.mutiny.Multi;

/**
 * The conversations that are going on, each with its memory.
 * <p>
 * An AI service puts the message of a streamed turn into the memory before the answer exists. A turn that fails or is
 * stopped would leave a message without an answer there, and a message that is too long for the context would make every
 * later turn fail too; so this class mends the memory after such a turn.
 */
@ApplicationScoped
public class Conversations {

    private final Assistant assistant;
    private final ChatMemoryStore memories;
    private final int most;

    /** In the order of their last use, the longest unused first. */
    private final Set<String> sessions = new LinkedHashSet<>();

    Conversations(Assistant assistant, ChatMemoryStore memories,
            @ConfigProperty(name = "sample.conversations") int most) {
        this.assistant = assistant;
        this.memories = memories;
        this.most = most;
    }

    public Result<String> answer(String session, String message) {
        use(session);
        return assistant.answer(session, message);
    }

    public Multi<String> stream(String session, String message) {
        use(session);
        // Written by the thread that delivers the pieces, read by the one that notices a closed connection.
        StringBuffer said = new StringBuffer();
        return assistant.stream(session, message)
                .onItem().invoke(said::append)
                .onCancellation().invoke(() -> endTurn(session, said.toString()))
                .onFailure().invoke(() -> endTurn(session, said.toString()));
    }

    public void end(String session) {
        synchronized (sessions) {
            sessions.remove(session);
        }
        ChatMemoryRemover.remove(assistant, session);
    }

    /** Keeps what the assistant said before it stopped; if it said nothing, the user's message goes too. */
    private void endTurn(String session, String said) {
        List<ChatMessage> messages = new ArrayList<>(memories.getMessages(session));
        if (messages.isEmpty() || !(messages.getLast() instanceof UserMessage)) {
            return;
        }
        if (said.isBlank()) {
            messages.removeLast();
        } else {
            messages.add(AiMessage.from(said));
        }
        memories.updateMessages(session, messages);
    }

    /** Marks a conversation as the last used one and forgets those that were not used for longest. */
    private void use(String session) {
        List<String> forgotten = new ArrayList<>();
        synchronized (sessions) {
            sessions.remove(session);
            sessions.add(session);
            Iterator<String> oldest = sessions.iterator();
            while (sessions.size() > most) {
                forgotten.add(oldest.next());
                oldest.remove();
            }
        }
        forgotten.forEach(old -> ChatMemoryRemover.remove(assistant, old));
    }
}
