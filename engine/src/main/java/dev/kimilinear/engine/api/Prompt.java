package dev.kimilinear.engine.api;

import java.util.List;
import java.util.Objects;

/** What the model reads before it writes. */
public sealed interface Prompt {

    /**
     * A conversation, rendered by the file's chat template with the generation prompt at its end. Texts of turns and
     * tools cannot produce control tokens: a message that contains {@code <|im_end|>} does not end its turn.
     */
    record Chat(List<ChatTurn> turns, List<ToolSpec> tools) implements Prompt {

        public Chat {
            turns = List.copyOf(turns);
            tools = List.copyOf(tools);
        }
    }

    /** Raw text without a template; texts of special tokens become those tokens. */
    record Text(String text) implements Prompt {

        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /** Token ids, taken as they are. */
    record Tokens(int[] ids) implements Prompt {

        public Tokens {
            ids = ids.clone();
        }
    }

    static Prompt chat(ChatTurn... turns) {
        return new Chat(List.of(turns), List.of());
    }
}
