package dev.kimilinear.trainer.data.skill;

/** Patterns around a direct question, a clause ("where I live") or a thing ("my name"), by where the answer is known from. */
enum Framing {

    /** The user told it in the chat. */
    TOLD("(||||||||(Hi|Hey|Hello|So|And|And now|Now|OK|Okay|Well|Hmm|Sorry|Wait|Tell me|Say|Please|Kimi|Quick"
            + " question|A question|Question|A small test|Let me test you|Let's see|Let us see|One question|Test|By"
            + " the way|Remind me|Just to check|Final question|Next question|Let me ask you something|Now tell me"
            + "|Please tell me|Do you remember|Memory test|I wonder|Back to me|Can you help me|Do you know)(,|:) )",
            "(?|?|?|?|?|?|?| again?|, again?|, please?|??|? (Do you (still |)(remember|know)?|I forgot.|I have"
                    + " forgotten (it|that).|You should know that.|I told you( before| earlier|).|Tell me, please.|I"
                    + " told you a while ago.|Do you remember it?|Have you forgotten it?|Just tell me.|Thanks."
                    + "|Please answer in one sentence.))",
            "(do you (still |)(remember|know|recall)|can you (still |please |)(tell me|remember|recall|say|remind"
                    + " me)|could you (please |)(tell me|remind me|say|repeat)|have you (forgotten|noted|remembered"
                    + "|kept in mind)|would you (please |)tell me|did you (remember|note|get)|are you able to (tell"
                    + " me|say|recall)|will you tell me|don't you know|do you happen to know|what was it again,|did"
                    + " you forget)",
            "(tell me|please tell me|now tell me|remind me|please remind me|I (forgot|have forgotten|can't remember"
                    + "|cannot remember|would like to know|want to know|need to know|no longer know|don't know"
                    + " anymore|wonder)|let me know|say|please say|I want to know whether you remember|I hope you"
                    + " remember|show me that you know|repeat|answer me|I ask you)"),

    /** It stands in a given text. */
    WRITTEN("(|||||||(According to the (text|passage|context|document|story)|From the text|In the (text|passage"
            + "|story)|Tell me|Say|Please|Now|So|OK|Please answer|Using only the text|Based on the (text|passage"
            + "|context)|One question|I wonder)(,|:) )",
            "(?|?|?|?|?|?|?|, please?|??| according to the (text|passage|story)?|? (Use|Read) the (text|passage)("
                    + " for it|).)",
            "(do you know|can you (please |)(tell me|find out|say)|could you (please |)(tell me|find out|say)|can"
                    + " you find in the text|does the (text|passage) say|can you see|would you tell me|can you read"
                    + "|are you able to say|do you see)",
            "(tell me|please tell me|find out|I (want|would like|need) to know|say|find in the text|let me know"
                    + "|answer me|I have to know|I wonder|look up|please find out|from the text, tell me|read the"
                    + " text and say)");

    private static final String STATEMENT_END = "(.|.|.|.|!|, please.| please.|. Thanks.|. Thank you.)";

    private final String before;
    private final String after;
    private final String asked;
    private final String said;

    Framing(String before, String after, String asked, String said) {
        this.before = before;
        this.after = after;
        this.asked = asked;
        this.said = said;
    }

    /** A direct question without its mark. */
    String question(String question) {
        return before + question + after;
    }

    /** An indirect question. */
    String clause(String clause) {
        return "(|||(Hi|Hey|So|And|Now|OK|Okay|Well|Hmm|Sorry), )(" + asked + " " + clause + "(?|?|?|?|, please?|??| please?)|"
                + said + " " + clause + STATEMENT_END + ")";
    }

    /** One thing in the singular. */
    String thing(String thing) {
        return "(" + asked + " " + thing + "(?|?|?|, please?)|(" + said + "|give me|name|write) " + thing + STATEMENT_END
                + "|(|||And |Now |So )" + thing + "(?|?|?|, please|??|, please?|?|: what is it?))";
    }
}
