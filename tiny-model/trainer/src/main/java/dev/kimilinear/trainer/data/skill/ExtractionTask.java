package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Told;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Value;
import dev.kimilinear.trainer.data.skill.ExtractionSchema.Form;

/** Texts of one domain, what shall be extracted from them, and how that is asked. */
final class ExtractionTask {

    private static final List<ExtractionDomain> DOMAINS = domains();
    /** A schema with fewer keys is too common to belong to one split only. */
    private static final int LEAST_TO_DIVIDE = 3;

    private static final String LANGCHAIN4J = "You must answer strictly in the following JSON format: ";
    private static final String FROM = "(from|in|out of|(given|contained|described|mentioned) in) (the following |this |"
            + "the |the given )"
            + "(text|sentence|message|note|description|words|input)";
    private static final String WHAT = "((the |a |an |)({0}|{0} data|{0} details)|(all |the )(data|details|facts|"
            + "fields) of the {0}|"
            + "(the |all |)(information|data|details|facts) about the {0}|(the |all |)(data|fields|values|information|facts))";
    private static final String VERB = "(Extract|Get|Read|Find|Take|Pull|Collect|Parse|Identify|Fetch|Pick|Determine|Recognize|"
            + "Please extract|Please get|Please read|Please find|I need you to extract|Can you extract|Could you get|"
            + "Please give me|Give me)";
    private static final String TASK = VERB + " " + WHAT + "(| " + FROM + ")|(Convert|Turn|Transform|Change|Translate) "
            + "(the following |this |the )(text|sentence|message|note|description)( into| to) (JSON|an object|a {0} object|"
            + "structured data)|"
            + "(Describe|Which data does the text have about|What do we know about|What does the text say about) the {0}|"
            + "Read (the|this) text( carefully|)|"
            + "Here is a text about (a|the) {0}|Fill (in |)the (fields|form) for the {0}|(Data|Information) extraction";
    private static final String EXAMPLE = "((Answer|Reply|Respond|Respond only) (with|in|as)|Use|Fill( in|)|Return|"
            + "Return it as|Give me|Output|"
            + "The (answer|result|output) (must be|should be|is|has to be) in|Stick to|Your answer must have) (this|"
            + "the following|exactly this) "
            + "(JSON|JSON object|JSON format|JSON structure|JSON template|format|template|form|structure|shape)(: |:\n|:\n){1}";
    private static final String JSON_SCHEMA = "((Answer with|Return|Give me|Output|Reply with|Write|Create|Produce|"
            + "Respond with) "
            + "(JSON|a JSON object|one JSON object|only JSON|an object) (that (fits|matches|follows|obeys|is valid for)|"
            + "for|according to|"
            + "valid for|following|matching) (this|the following|the) (JSON |)schema|(JSON |The |The JSON |)(Schema|schema)|"
            + "(Use|Follow|Respect|Stick to) (this|the following|the) (JSON |)schema)(: |:\n|:\n){1}";
    private static final String WORDS = "((Answer|Reply|Respond|Answer only|Return it|Return the result|Return them|"
            + "Give it to me|Output them|"
            + "Write it|The answer must be|I need it|I want the result) (as|in) (JSON|JSON format|a JSON object|"
            + "one JSON object|compact JSON)|"
            + "(Return|Create|Write|Output|Produce|Give me|Build|Make|Answer with|Respond with) (JSON|a JSON object|"
            + "one JSON object|an object|only JSON)) "
            + "(with|having|containing|that has|that contains) ((the |these |exactly the |only the |)(keys|fields|"
            + "properties|attributes|names)(:|) |){1}(.|.|)|"
            + "(Keys|Fields|JSON keys|JSON fields|The keys are|Needed keys|Wanted fields): {1}(.|)";
    private static final String SHORT = "(Extract|Get|Read|Find|Give me|Take|Parse|Return|Please extract|Can you extract|"
            + "Pull|I need|Show me|Tell me|Pick) "
            + "(the |only |just |)({1})( and (return|give|write) (it|them) (as|in)| as| in|, as|, in) (JSON|JSON format|"
            + "a JSON object|an object)";
    private static final String AGAIN = "(Now|And now|And|Next|Then|Now do|Please do) (the same |again |)(for |with |"
            + ")(this |this one|this text|the next one|"
            + "the following( text| sentence|)|another one)|Same (for|with) this|Once more|Next (text|one|sentence)|"
            + "Another one|And this|And here|"
            + "Do it again( for this|)|One more|Do the same (for|with)( this)( text|)";

    private final ExtractionDomain domain;
    private final Form form;
    private final ExtractionSchema schema;
    private String text;
    private List<Value> values;
    private List<Integer> told;

    ExtractionTask(Source source) {
        domain = source.pick(DOMAINS);
        form = source.pick(Form.LANGCHAIN4J, Form.LANGCHAIN4J, Form.LANGCHAIN4J, Form.JSON_SCHEMA, Form.EXAMPLE, Form.EXAMPLE,
                Form.WORDS, Form.WORDS, Form.WORDS);
        nextText(source);
        schema = source.chance(0.2) ? shortSchema(source) : source.owned(() -> anySchema(source));
    }

    private static List<ExtractionDomain> domains() {
        List<ExtractionDomain> all = new ArrayList<>(ExtractionPeople.DOMAINS);
        all.addAll(ExtractionTrade.DOMAINS);
        all.addAll(ExtractionLife.DOMAINS);
        // People are what is asked for most.
        all.add(ExtractionPeople.DOMAINS.getFirst());
        all.add(ExtractionPeople.DOMAINS.getFirst());
        all.add(ExtractionPeople.DOMAINS.get(1));
        return List.copyOf(all);
    }

    private ExtractionSchema anySchema(Source source) {
        return ExtractionSchema.draw(domain, told, form, source);
    }

    private ExtractionSchema shortSchema(Source source) {
        ExtractionSchema drawn = anySchema(source);
        return drawn.keys().size() < LEAST_TO_DIVIDE ? drawn : source.owned(() -> anySchema(source));
    }

    private void nextText(Source source) {
        values = domain.fields().stream().map(field -> field.value().apply(source)).toList();
        Told next = source.owned(() -> domain.tell(values, source.pick(1, 1, 2, 2, 3, 4), source));
        while (next.told().isEmpty()) {
            next = source.owned(() -> domain.tell(values, 2, source));
        }
        text = next.text();
        told = next.told();
    }

    /** The last text alone. */
    String text() {
        return text;
    }

    /** The JSON object for the last text. */
    String answer() {
        return Json.of(schema.object(values, told));
    }

    /** A message with a text and everything needed to extract from it. */
    String request(Source source) {
        if (form == Form.LANGCHAIN4J) {
            return (source.chance(0.75) ? task(source) + separator(source) + text : text)
                    + source.say("{0}", "\n" + LANGCHAIN4J + schema.langChain4j(source));
        }
        if (form == Form.WORDS && source.chance(0.5)) {
            return inShort(source) + separator(source) + text;
        }
        return switch (source.between(0, 4)) {
            case 0, 1 -> task(source) + separator(source) + text + source.pick("\n", "\n\n", " ") + wanted(source);
            case 2 -> task(source) + ". " + wanted(source) + source.pick("\n", "\n\n") + label(source) + text;
            case 3 -> wanted(source) + source.pick("\n", "\n\n", "\n") + label(source) + text;
            default -> text + source.pick("\n\n", "\n", " ") + task(source) + ". " + wanted(source);
        };
    }

    /** What a system message says, when the texts come from the user. */
    String instruction(Source source) {
        if (form == Form.WORDS && source.chance(0.5)) {
            return inShort(source) + ".";
        }
        return source.say("((You are|You work as) (an assistant|a helper|a program|a service|an expert) (that|"
                + "who) (extracts|reads|finds|collects) "
                + "(data|facts|{0} data|information)( from texts| from messages|). |Extract (the {0}|the data) from (each|"
                + "every|the user's|the) "
                + "(message|text). |)", noun(source)) + wanted(source);
    }

    /** Another text for the same schema, without or with words before it. */
    String another(boolean bare, Source source) {
        nextText(source);
        return bare ? text : source.say(AGAIN) + separator(source) + text;
    }

    private String noun(Source source) {
        return source.say(domain.noun());
    }

    private String task(Source source) {
        return source.say(TASK, noun(source));
    }

    private static String separator(Source source) {
        return source.pick(": ", ": ", ":\n", ":\n\n", ". ", "\n", " - ");
    }

    private static String label(Source source) {
        return source.say("(||Text: |The text: |Input: |Message: |Sentence: |Text:\n)");
    }

    private String inShort(Source source) {
        return source.say(SHORT + "(| " + FROM + ")", noun(source), schema.words(source));
    }

    private String wanted(Source source) {
        return switch (form) {
            case LANGCHAIN4J -> source.say("{0}", LANGCHAIN4J + schema.langChain4j(source));
            case JSON_SCHEMA -> source.say(JSON_SCHEMA, noun(source), schema.jsonSchema(source));
            case EXAMPLE -> source.say(EXAMPLE, noun(source), schema.example(source));
            case WORDS -> source.say(WORDS, noun(source), schema.words(source));
        };
    }
}
