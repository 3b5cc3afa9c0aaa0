package dev.kimilinear.runtime.devui;

import dev.kimilinear.engine.api.AnswerFormat;

/**
 * The form of an answer, as a page says it.
 *
 * @param text the schema or the grammar; not used by the other kinds
 */
public record PlaygroundFormat(Kind kind, String text) {

    /** The forms that there are. */
    public enum Kind {
        TEXT,
        JSON_OBJECT,
        JSON_SCHEMA,
        GRAMMAR
    }

    static PlaygroundFormat of(AnswerFormat format) {
        return switch (format) {
            case AnswerFormat.Text _ -> new PlaygroundFormat(Kind.TEXT, "");
            case AnswerFormat.JsonObject _ -> new PlaygroundFormat(Kind.JSON_OBJECT, "");
            case AnswerFormat.JsonSchema(String schema) -> new PlaygroundFormat(Kind.JSON_SCHEMA, schema);
            case AnswerFormat.Grammar(String gbnf) -> new PlaygroundFormat(Kind.GRAMMAR, gbnf);
        };
    }

    AnswerFormat answerFormat() {
        return switch (kind) {
            case TEXT -> AnswerFormat.text();
            case JSON_OBJECT -> new AnswerFormat.JsonObject();
            case JSON_SCHEMA -> new AnswerFormat.JsonSchema(text);
            case GRAMMAR -> new AnswerFormat.Grammar(text);
        };
    }
}
