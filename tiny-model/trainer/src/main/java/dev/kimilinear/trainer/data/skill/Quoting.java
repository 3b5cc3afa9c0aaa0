package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;

/** Questions for the words of an earlier message, which the answer quotes. */
final class Quoting {

    private static final int LONGEST = 150;
    private static final String BEFORE = "(||||||(Hi|So|And|Now|OK|Okay|Well|Hmm|Sorry|Wait|Tell me|Please|A small test|Quick"
            + " question|One question|Memory test|Just to check)(,|:) )";
    private static final String MESSAGE = "(message|sentence|text|words|input)";
    private static final String END = "(?|?|?|?|?| again?|, please?| exactly?| word for word?|? Quote it.|? Repeat it.)";
    private static final String ORDER_END = "(.|.|.|!|, please.| word for word.| again.| exactly.)";
    private static final String FIRST = BEFORE + "((what did I (say|write|ask|tell you|type) (first|at the beginning|at first"
            + "|at the start|in the beginning|in my first message|when we started)|what (was|is) (my|the) (first|very first"
            + "|opening) "
            + MESSAGE + "( of mine| in this chat| today|)|what were my first words|how did I (start|begin|open)( this chat"
            + "| our conversation| the chat|)|with (what|which) " + MESSAGE + " did I (start|begin)|which " + MESSAGE
            + " came first|what was the first thing (I|that I) (said|wrote|typed))" + END
            + "|(repeat|quote|show me|tell me|say|cite|give me) (my|the) (first|very first) " + MESSAGE + "( of mine"
            + "|)" + ORDER_END + ")";
    private static final String LAST = BEFORE + "((what did I (just |)(say|write|tell you|type|ask) (last|just now|before"
            + "|before this|a moment ago|right before this|in my last message)|what (was|is) my (last|previous"
            + "|latest) " + MESSAGE
            + "|what were my last words|what did I just (say|write|type|tell you)|which " + MESSAGE + " did I (write|send)"
            + " (last|before|before this one)|what was the last thing (I|that I) (said|wrote|typed))" + END
            + "|(repeat|quote|show me|tell me|cite|give me) (my|the) (last|previous|latest) " + MESSAGE + "( of mine"
            + "|)" + ORDER_END
            + "|(repeat|quote) what I (just said|said last|said before|just wrote|wrote before)" + ORDER_END + ")";
    private static final String LAST_ANSWER = BEFORE + "((what did you (just |)(say|write|answer|reply|tell me)( just now|"
            + " before| a moment ago| last| in your last message|)|what (was|is) your (last|previous|latest) (answer|reply"
            + "|message|sentence)|what were your last words)" + END + "|(repeat|quote|say|show me|tell me|give me) your (last"
            + "|previous|latest) (answer|reply|message|sentence)" + ORDER_END + "|(repeat|say|quote) what you (just said|said"
            + "|said before|just wrote)"
            + ORDER_END + "|(say that|repeat that|say it)( once|) again" + ORDER_END + ")";

    /** Asks for the first or the last message of the user, or the last answer; without short ones it does nothing. */
    void write(Dialogue dialogue, Source source) {
        List<ChatTurn> users = turns(dialogue, ChatTurn.Role.USER);
        List<ChatTurn> answers = turns(dialogue, ChatTurn.Role.ASSISTANT);
        switch (source.between(0, 2)) {
            case 0 -> quote(dialogue, source, FIRST, "You", users.getFirst());
            case 1 -> quote(dialogue, source, LAST, "You", users.getLast());
            default -> quote(dialogue, source, LAST_ANSWER, "I", answers.getLast());
        }
    }

    private static void quote(Dialogue dialogue, Source source, String wording, String who, ChatTurn said) {
        if (said.content().length() <= LONGEST) {
            dialogue.user(Asking.capitalised(source.say(wording))).answer(who + " said: \"" + said.content() + '"');
        }
    }

    private static List<ChatTurn> turns(Dialogue dialogue, ChatTurn.Role role) {
        return dialogue.messages().stream().map(Dialogue.Message::turn).filter(turn -> turn.role() == role).toList();
    }
}
