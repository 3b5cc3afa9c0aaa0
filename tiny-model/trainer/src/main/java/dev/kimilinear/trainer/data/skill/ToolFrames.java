package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Makes whole requests of phrases: orders, questions, wishes, fragments, with and without politeness. */
final class ToolFrames {

    private static final String OPENING = "||||||||||(Hi|Hello|Hey|Good morning|Good evening|Good afternoon)( there|)(!|,|"
            + ".) |(OK|Okay|Alright|So|Well|Right|Now|Great|Fine|Good), |(Excuse me|Sorry|Sorry to bother you|Listen|"
            + "Pardon me), |(Quick question|One question|A question|Another thing|Something else|One more thing|"
            + "A small request|I need help|A favour|I have a request|Next one)(:|.) |(I hope you can help me|"
            + "I could use some help|You can surely help me|I am in a hurry|I am busy today|I have no time|It is urgent|"
            + "I just woke up|I am on the road)(.|!) ";
    private static final String CLOSING = " (Thanks|Thank you|Thanks a lot|Thanks in advance|Many thanks|Cheers)(!|.|)|"
            + " It is (urgent|important).| I am in a hurry.| That would (be great|help|be nice|be lovely).| I need (it|"
            + "that) (now|soon|quickly).";

    private static final String DO = "(please |kindly |just |now |||)%(| please|, please| for me| now| right away|, will you|"
            + ")(.|!||.)|(can|could|would|will) you (please |kindly |quickly |maybe |||)%(| for me| please|, please| now|)?|"
            + "(I want|I need|I would like|I'd like|I'd love|I want|we need|I expect) you to %(| please| now| for me|).|"
            + "(I want|I need|I have|I would like|I'd like|we need|I wish|I plan|I am trying|I must remember|I'm trying|"
            + "I am going|we want|we have|my plan is|I decided|it is necessary|my boss wants me|I was asked|I've got) to %(.|"
            + ", can you (help|do that|do it|take care of it)( for me|)?|, please( help|).|. (Can|Could) you (do that|"
            + "help me|do it)( please|)?|.|)|(help me|let's|let us|go ahead and|go and|be so kind and|be so nice and|"
            + "do me a favour and|you should|you can|you may|time to|it is time to|it's time to|make sure to|don't forget to|"
            + "remember to|try to|I ask you to|your task is to|your job is to|the next step is to|next|then|first|"
            + "I think you should|you have to|you need to|somebody has to|quickly|maybe you can|perhaps you could|"
            + "it would be great if you could|I'd be happy if you could|I would be glad if you could|"
            + "I'd appreciate it if you could|I was hoping you could|I hope you can) %(| please|)(.|!|)|(is it possible to|"
            + "would it be possible to|may I ask you to|might I ask you to|could I get you to|can I ask you to|"
            + "do you think you could|are you able to|is there a way to|would you be able to|would you be so kind and|"
            + "why don't you|how do I|can we|can I|could we|shall we|can you help me|could you help me to|"
            + "do you mind if I ask you to) %(|, please| now|)?";

    private static final String GIVE = "(tell me|give me|show me|find|find out|look up|get|get me|check|fetch|report|send me|"
            + "bring me|search for|tell us|write down|provide|let me know|let me see|let me have|read me)";
    private static final String KNOW = "what(s| is|'s|'s| is) %(| please|, please| right now| at the moment| now||)(?|?|)|"
            + "(please |kindly |just |||)" + GIVE + " %(| please|, please| now| for me||)(.|!|)|"
            + "(can|could|would|will) you (please |kindly |quickly |||)" + GIVE + " %(| please| for me| now||)?|"
            + "(I need|I want|I would like|I'd like|I want to know|I need to know|I'd like to know|I would like to know|"
            + "I would like to see|"
            + "I am looking for|I'm looking for|I am interested in|I'm asking for|I have to know|I must know|we need|"
            + "I want to see|"
            + "I would like to hear|I'd love to know|I want to check|I need to check|I have to look up|my question is about|"
            + "this is about|I'm curious about|I am curious about|I want to find out|I should know|I need you to tell me|"
            + "I want you to look up|I'd like you to check|help me find|help me with|I have a question about) %(| please|"
            + ", please| now||)(.|)|"
            + "(do you know|do you have|have you got|may I have|can I have|can I get|could I get|may I ask for|could I have|"
            + "can I see|"
            + "any news on|any idea about|any information about|may I know|can I know|would you know|do you happen to know|"
            + "what about|how about|is it possible to know|is it possible to get|are you able to find|where can I see|"
            + "where do I find|"
            + "what do you know about|can we see|could you help me with|what can you tell me about) %(| please|)(?|?|)|"
            + "%(| please|, please|?|?|.|!|, quickly| now| needed| wanted)|"
            + "(I have no idea of|I forgot|I don't know|I can't remember|I do not know|I don't have|nobody knows|"
            + "nobody told me|I need) %"
            + "(. (Can|Could) you (tell me|help me|look it up|check|find out)( please|)?|, (can|could) you (tell me|"
            + "look it up|check|find out|help)?|, please help.)";

    private static final String FIND = "(tell me|find out|check|let me know|look up|show me|see|say|tell us)";
    private static final String CLAUSE = "(please |kindly |just |||)" + FIND + " %(| please|, please| now||)(.|!|)|"
            + "(can|could|would|will) you (please |kindly |quickly |||)" + FIND + " %(| please| for me||)?|"
            + "(do you know|do you happen to know|any idea|have you any idea|can I ask|may I ask|might I ask|"
            + "do you have any idea|"
            + "are you able to say|may I know|can I know|would you know|is it known|can you see|could you say|"
            + "do we know) %(| please|)(?|?|)|"
            + "(I'd like to know|I would like to know|I want to know|I wonder|I was wondering|I am wondering|I need to know|"
            + "I have to know|"
            + "I'm not sure|I am asking myself|I ask myself|it would be nice to know|it would help to know|"
            + "it is important to know|"
            + "I'd love to know|I need to find out|I have to find out|I want you to find out|I need you to check|"
            + "I'd like you to tell me|"
            + "my question is|the question is|my boss wants to know|my friend wants to know|we need to know|help me find out|"
            + "everybody wants to know|I am curious|I'm curious) %(| please| now||)(.|)|"
            + "(I have no idea|I don't know|I do not know|nobody told me|I forgot|I can't remember) %"
            + "(. (Can|Could) you (tell me|help me|look it up|check)( please|)?|, (can|could) you (tell me|look it up|check|"
            + "find out)?|, please help.)";

    private static final String FURTHER = "(and|what about|how about|and what about|now|and now|then|also|next|ok, and|"
            + "okay, and|thanks, and|thank you, and|great, and|and then|the same|do the same|same question|once more|"
            + "again, but|and also|good, and) %(?|?|, please.| please| please?|)|%(?| too?|, please.| as well?| please|"
            + " also?)";
    private static final String SECOND = "(And |Also, |Then |And also |After that, |And then |Besides, |In addition, ||||)";

    private ToolFrames() {
    }

    /** A request made of a phrase. */
    static String request(ToolKind.Form form, String phrase, Source source) {
        String body = body(form, phrase, source);
        String opening = source.say(OPENING);
        boolean inside = opening.endsWith(", ") || opening.endsWith(": ");
        String text = opening + (inside ? body : Words.capitalise(body));
        boolean ends = text.endsWith(".") || text.endsWith("?") || text.endsWith("!");
        return ends && source.chance(0.08) ? text + source.say(CLOSING) : text;
    }

    /** A request that continues one before. */
    static String second(ToolKind.Form form, String phrase, Source source) {
        String and = source.say(SECOND);
        String body = body(form, phrase, source);
        return and.isEmpty() ? Words.capitalise(body) : and + body;
    }

    /** A request for the same with another value. */
    static String further(String phrase, Source source) {
        return Words.capitalise(source.say(FURTHER).replace("%", phrase));
    }

    private static String body(ToolKind.Form form, String phrase, Source source) {
        String frame = switch (form) {
            case DO -> DO;
            case KNOW -> KNOW;
            case CLAUSE -> CLAUSE;
            case ASK -> "%";
        };
        return source.say(frame).replace("%", phrase);
    }
}
