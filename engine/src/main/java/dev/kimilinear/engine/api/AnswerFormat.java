package dev.kimilinear.engine.api;

import java.util.Objects;

/** The form that an answer must have: tokens that would break it are not chosen. */
public sealed interface AnswerFormat {

    /** Any text. */
    record Text() implements AnswerFormat {
    }

    /** A JSON object, whatever is in it. */
    record JsonObject() implements AnswerFormat {
    }

    /**
     * JSON that is valid by a schema.
     *
     * @param schema the schema as JSON text; the {@code docs} say what it may contain
     */
    record JsonSchema(String schema) implements AnswerFormat {

        public JsonSchema {
            Objects.requireNonNull(schema, "schema");
        }
    }

    /**
     * A text by a grammar.
     *
     * @param gbnf the grammar in llama.cpp's notation, its rule {@code root} standing for the whole text
     */
    record Grammar(String gbnf) implements AnswerFormat {

        public Grammar {
            Objects.requireNonNull(gbnf, "gbnf");
        }
    }

    /** Any text. */
    static AnswerFormat text() {
        return new Text();
    }
}
