package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Text;

/** Texts of one domain, what shall be extracted from them, and how that is asked. */
final class ExtractionTask {

    /** How a request tells what it wants. */
    private enum Form {
        /** The names of the fields, in words. */
        NAMES,
        /** An object with something in the place of each value. */
        TEMPLATE,
        /** The text that LangChain4j appends to a user's message. */
        LANGCHAIN4J
    }

    private static final String VERB = "(extract|get|read|find|take|pull|collect|pick|return|give me|write down)";
    private static final String NOUN = "(text|sentence|message|note|input)";
    private static final String THIS = "(the following|this|the) " + NOUN;
    private static final String COLON = "(: |:\n|:\n\n)";
    private static final String NAMES = VERB + " (|the |the fields |the values of |only |just ){0} (|from " + THIS
            + " )(as JSON|in JSON|as a JSON object|as one JSON object|in JSON format)"
            + "|(return|create|write|output|give me|make|build|answer with|reply with) (JSON|a JSON object|one JSON object) "
            + "(with|having|that has|that contains) (|the |only the |these |exactly the )(keys|fields|properties) {0}"
            + "(| from " + THIS + "| for " + THIS + ")";
    private static final String LIKE_THIS = "(as (this|the following) (JSON|JSON object)|in (this|the following) (JSON format"
            + "|format|form))";
    private static final String TEMPLATE = "(" + VERB + " the (data|fields|values|details)(| of the {1}| from " + THIS + ") "
            + LIKE_THIS + "|(answer|reply|respond|answer only) " + LIKE_THIS + "|fill (in |)(this|the|the following) (JSON"
            + "|JSON object|JSON template|template|form)(| from " + THIS + "| for " + THIS + "))" + COLON + "{0}";
    private static final String LANGCHAIN4J = "You must answer strictly in the following JSON format: ";
    private static final String TASK = "(" + VERB + " (the |all |)(data|fields|values|details|information) (of|about) the {0}"
            + "(| from " + THIS + "| in " + THIS + ")|" + VERB + " the {0}(| from " + THIS + ")|(read|parse|analyse) " + THIS
            + ")" + COLON;
    private static final String LABEL = "(||(|the )" + NOUN + COLON + ")";
    private static final String AGAIN = "(next|another one|the next (one|text)|now this( one|)|and this( one|)|the same for "
            + "this( one| text|)|one more)" + COLON;
    private static final double NOT_TOLD = 0.1;

    private final ExtractionDomain domain;
    private final Form form;
    private final ExtractionSchema schema;
    private String text;
    private String answer;

    ExtractionTask(Source source) {
        domain = ExtractionDomains.any(source);
        form = source.pick(Form.NAMES, Form.TEMPLATE, Form.LANGCHAIN4J);
        schema = ExtractionSchema.draw(domain, form == Form.LANGCHAIN4J, source);
        nextText(source);
    }

    /** Draws a text that tells all that is wanted, or now and then all but one field. */
    private void nextText(Source source) {
        List<Object> values = domain.fields().stream().map(field -> field.value().apply(source)).toList();
        int missing = source.chance(NOT_TOLD) ? 1 : 0;
        List<Integer> wanted = schema.numbers();
        Text drawn = source.pick(domain.texts().stream().filter(one -> one.missing(wanted) == missing).toList());
        text = domain.say(drawn, values, source);
        answer = schema.object(values, drawn.told());
    }

    /** The JSON object for the last text. */
    String answer() {
        return answer;
    }

    /** A message with a text and everything needed to extract from it. */
    String request(Source source) {
        if (form == Form.LANGCHAIN4J) {
            return (source.chance(0.7) ? TaskFrames.about(source, TASK, source.say(domain.noun())) : "") + text
                    + langChain4j(source);
        }
        if (source.chance(0.25)) {
            return text + source.pick("\n", "\n\n") + Words.capitalise(source.say(pattern(), contents(source)))
                    + (form == Form.NAMES ? source.say("(|.|.)") : "");
        }
        return TaskFrames.about(source, pattern(), contents(source)) + (form == Form.NAMES ? source.say(COLON)
                : source.pick("\n", "\n\n") + Words.capitalise(source.say(LABEL))) + text;
    }

    /** Draws another text for the same schema: a message with it, which leans on the request. */
    String another(Source source) {
        nextText(source);
        // LangChain4j appends the format to every message.
        return form == Form.LANGCHAIN4J ? text + langChain4j(source)
                : (source.chance(0.5) ? Words.capitalise(source.say(AGAIN)) : "") + text;
    }

    private String pattern() {
        return form == Form.NAMES ? NAMES : TEMPLATE;
    }

    private Object[] contents(Source source) {
        return new Object[] { form == Form.NAMES ? schema.names(source) : schema.template(source), source.say(domain.noun()) };
    }

    private String langChain4j(Source source) {
        return source.say("{0}", "\n" + LANGCHAIN4J + schema.langChain4j());
    }
}
