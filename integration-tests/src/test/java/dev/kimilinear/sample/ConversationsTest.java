package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.service.Result;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatMemoryRemovable;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;

/** What is left of a turn that did not end well. */
class ConversationsTest {

    private final ChatMemoryStore memories = new InMemoryChatMemoryStore();
    private final ScriptedAssistant assistant = new ScriptedAssistant();
    private final Conversations conversations = new Conversations(assistant, memories, 2);

    @Test
    void aStoppedAnswerKeepsWhatWasSaid() {
        assistant.answer = Multi.createBy().concatenating().streams(Multi.createFrom().items("Once ", "upon"),
                Multi.createFrom().nothing());
        conversations.stream("a", "Tell me a story.").subscribe().withSubscriber(AssertSubscriber.create(10)).cancel();
        assertThat(memories.getMessages("a")).containsExactly(UserMessage.from("Tell me a story."),
                AiMessage.from("Once upon"));
    }

    @Test
    void aTurnStoppedBeforeItsAnswerIsForgotten() {
        assistant.answer = Multi.createFrom().nothing();
        conversations.stream("a", "Tell me a story.").subscribe().withSubscriber(AssertSubscriber.create(10)).cancel();
        assertThat(memories.getMessages("a")).isEmpty();
    }

    @Test
    void aTurnThatFailsIsForgotten() {
        assistant.answer = Multi.createFrom().failure(new IllegalStateException("too long"));
        assertThatThrownBy(() -> conversations.stream("a", "..").collect().asList().await().indefinitely())
                .hasMessage("too long");
        assertThat(memories.getMessages("a")).isEmpty();
    }

    @Test
    void theLongestUnusedConversationIsForgottenFirst() {
        assistant.answer = Multi.createFrom().empty();
        for (String session : List.of("a", "b", "a", "c")) {
            conversations.stream(session, "Hello!");
        }
        assertThat(assistant.removed).containsExactly("b");
    }

    /** Remembers a message before it answers, as the streaming methods of an AI service do. */
    private final class ScriptedAssistant implements Assistant, ChatMemoryRemovable {

        private Multi<String> answer;
        private final List<Object> removed = new ArrayList<>();

        @Override
        public Result<String> answer(String session, String message) {
            throw new AssertionError("Only streams are scripted");
        }

        @Override
        public Multi<String> stream(String session, String message) {
            List<ChatMessage> messages = new ArrayList<>(memories.getMessages(session));
            messages.add(UserMessage.from(message));
            memories.updateMessages(session, messages);
            return answer;
        }

        @Override
        public void remove(Object... ids) {
            removed.addAll(List.of(ids));
        }

        @Override
        public void removeAll() {
            throw new AssertionError("Conversations end one by one");
        }

        @Override
        public List<Object> getAllChatMemoryIds() {
            return List.of();
        }
    }
}
