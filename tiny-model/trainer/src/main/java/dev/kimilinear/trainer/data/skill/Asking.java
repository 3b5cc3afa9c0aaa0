package dev.kimilinear.trainer.data.skill;

/**
 * How people put what they want to know: patterns around a question, a clause, a noun phrase or an order. About half of the
 * wordings of each are the plain one.
 */
final class Asking {

    private static final String HELLO = "(Hi|Hello|Hey|Hi there|Hello there|Hey there|Good (morning|day|evening|afternoon)"
            + "|(Hi|Hello|Hey|Dear) (Kimi|model|assistant|friend|bot))";
    /** In front of any sentence: mostly nothing. */
    private static final String GREETING = "(|||||||" + HELLO + "(!|,|.|!) |(So|And|Now|Well|OK|Okay|Alright|Hmm|Oh|Ah|Sorry"
            + "|Excuse me|One more thing|Just one thing), )";
    /** In front of a direct question: mostly nothing. */
    private static final String OPENER = "(|||" + GREETING + "|(Quick|A quick|Short|Simple|One more|Another|Next"
            + "|My) question(:|.|,) "
            + "|I have a (quick |small |silly |simple |)question(:|.) |Let me ask you (something|this|a question)(:|.) "
            + "|(Tell me|Say|Please tell me|Please|Listen|Actually|By the way|Just wondering|Question), "
            + "|My (son|daughter|friend|teacher|colleague|brother|sister|boss) (asks|asked me|wants to know)(:| this:) "
            + "|(I am|I'm) (doing my homework|learning English|in a quiz|curious|testing you|not sure)(.|:) "
            + "|(Question|Q|Quiz|Quiz question)(: ))";
    private static final String THANKS = "( Thanks(!|.)| Thank you(!|.)| Thanks in advance(!|.)| I am curious."
            + "| I'm just curious."
            + "| I (do not|don't) (know|remember|know it).| I forgot.| I need it (now|for my homework|for a quiz|for school).)";
    private static final String QUESTION_END = "(?|?|?|?|?|?|, please?| please?| again?| exactly?|??|?" + THANKS
            + "|? (Do you know|Any idea|Can you tell me|Can you help|Please tell me|Please answer)(?|.)"
            + "|?( A| One|) (short|brief) answer(,|) please.)";
    private static final String STATEMENT_END = "(.|.|.|.|.|!|, please.|, please.| please|." + THANKS + ")";
    private static final String KNOW_ASKED = "((can|could|will|would) you (please |kindly |quickly |just |)(tell me"
            + "|let me know|say)"
            + "|do you (know|happen to know|remember|by chance know|perhaps know)|would you know|(any|have you any"
            + "|do you have any"
            + "|you have any) idea|are you able to (tell me|say)|may I ask( you|)|can I ask( you|)|could I ask( you|)"
            + "|can you (help me find out|answer)|would you mind telling me|is it possible to know)";
    private static final String KNOW_SAID = "((I would|I'd|we would|we'd) (like|love|be happy) to (know|hear|learn)"
            + "|I (want|need|wish|would like|am trying|have) to (know|find out)|I wonder|(I am|I'm|I was) wondering"
            + "|(please |just |kindly |)(tell me|let me know|say|tell us)|(I am|I'm) (not sure|unsure|interested in|curious)"
            + "|I (have forgotten|forgot|do not know|don't know|can't remember|cannot remember|have no idea)|(please "
            + "|)remind me|I (would|must|just wanted to) ask( you|)|nobody (could|can) tell me|help me find out)";
    private static final String WANT_ASKED = "((can|could|will|would) you (please |kindly |quickly |just |)"
            + "(tell me|give me|name|say|find|name me)|do you know|can I (have|get)|may I have|what is|what's|what is|what's"
            + "|so what is|and what is|what would be|would you know)";
    private static final String WANT_SAID = "((please |just |kindly |)(tell me|give me|name|say|state|write|find|name me)"
            + "|I (need|want|would like|am looking for|want to know|need to know|would like to know|don't know|forgot)"
            + "|I'd like to (have|know|hear)|I'm looking for|I have to (know|find|write down)|we need)";
    private static final String ORDER_ASKED = "(can|could|will|would|can|could) you (please |kindly |maybe |perhaps "
            + "|just |quickly ||)";
    private static final String ORDER_SAID = "(||||please |please |please, |kindly |just |I want you to |I would like you to "
            + "|I'd like you to |I need you to |you should |you must |go on and |now |be so kind and |try to |let's see, )";

    private Asking() {
    }

    /** A direct question without its mark: "what is the opposite of hot". */
    static String question(String question) {
        return "(" + question + "?|" + OPENER + question + QUESTION_END + ")";
    }

    /** An indirect question: "what the opposite of hot is". */
    static String clause(String clause) {
        return "((do you know|can you tell me) " + clause + "?|(tell me|I want to know) " + clause + ".|"
                + GREETING + KNOW_ASKED + " " + clause + QUESTION_END + "|"
                + GREETING + KNOW_SAID + " " + clause + STATEMENT_END + ")";
    }

    /** One thing in the singular: "the opposite of hot". */
    static String thing(String thing) {
        return "((what is|what's) " + thing + "?|" + thing + "?|(tell me|give me) " + thing + ".|"
                + GREETING + WANT_ASKED + " " + thing + QUESTION_END + "|"
                + GREETING + WANT_SAID + " " + thing + STATEMENT_END + "|"
                + GREETING + thing + "(?|?|?|, please| please|, please?|.||:| =|: what is it?|: do you know it?))";
    }

    /** An order: "tell me a joke". */
    static String order(String order) {
        return "(" + order + ".|" + order + ".|"
                + GREETING + ORDER_ASKED + order + "(?|?|?|?|, please?| please?| for me?|?" + THANKS + ")|"
                + GREETING + ORDER_SAID + order + STATEMENT_END + ")";
    }

    /** A sentence of any other kind, with its mark: mostly as it is. */
    static String sentence(String sentence) {
        return GREETING + sentence + "(|||||" + THANKS + ")";
    }

    /** The text with a capital letter at the beginning of each sentence. */
    static String capitalised(String text) {
        StringBuilder out = new StringBuilder(text);
        boolean begins = true;
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (begins && c != ' ') {
                out.setCharAt(i, Character.toUpperCase(c));
            }
            begins = c == '.' || c == '!' || c == '?' || begins && c == ' ';
        }
        return out.toString();
    }
}
