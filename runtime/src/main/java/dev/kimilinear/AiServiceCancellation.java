package dev.kimilinear;

import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.quarkiverse.langchain4j.runtime.aiservice.QuarkusAiServiceStreamingResponseHandler;

/**
 * Lets the {@code Multi} of a Quarkus AI service cancel before the first token. Its handler learns the handle only with
 * a partial answer, so that a cancelled {@code Multi} or a closed connection would not end a long prefill. Every partial
 * callback does three things in this order: keep the handle, cancel at once if the subscription is already cancelled,
 * and read the text to emit it. Given a piece of thinking that refuses to be read, the callback does the first two and
 * nothing becomes visible to the subscriber.
 */
final class AiServiceCancellation {

    private AiServiceCancellation() {
    }

    /** Gives the handle to the handler of an AI service; other handlers are left alone. */
    static void offer(StreamingChatResponseHandler handler, StreamingHandle handle) {
        if (handler instanceof QuarkusAiServiceStreamingResponseHandler aiService) {
            try {
                aiService.onPartialThinking(new NothingThought(), new PartialThinkingContext(handle));
            } catch (NothingToEmit expected) {
                // The handler has the handle.
            }
        }
    }

    private static final class NothingThought extends PartialThinking {

        NothingThought() {
            super("nothing");
        }

        @Override
        public String text() {
            throw new NothingToEmit();
        }
    }

    private static final class NothingToEmit extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NothingToEmit() {
            super("A handle without a text", null, false, false);
        }
    }
}
