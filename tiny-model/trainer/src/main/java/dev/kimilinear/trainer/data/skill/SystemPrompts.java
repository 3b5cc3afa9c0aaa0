package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** System messages that change nothing: the answers are the same as without them. */
public final class SystemPrompts {

    private static final String KIND = "(helpful|friendly|polite|kind|small|smart|honest|useful|reliable|good|careful"
            + "|nice|patient"
            + "|very helpful|clever|modern|professional|cheerful|concise|precise|tiny|local|competent|knowledgeable|capable)";
    private static final String ROLE = "(assistant|AI assistant|chat assistant|model|language model|chat bot|chatbot|AI|helper"
            + "|digital assistant|virtual assistant|AI model|assistant for everyday questions|AI helper|bot|companion"
            + "|AI system)";
    private static final String WHO = "((you are|you're|act as|you act as|you will be|your role is that of|be|behave as"
            + "|you work as|you serve as) a (" + KIND + "|" + KIND + " and " + KIND + "|" + KIND + ", " + KIND + ") " + ROLE
            + "|you are Kimi(|, an AI assistant|, a helpful assistant|, a language model|, a small model|, a friendly AI)"
            + "( made for demos| running on this computer|)"
            + "|you are (an AI assistant|a language model|an assistant|a chat bot|an AI|a tiny model)( in a chat| for users"
            + "| of a company| in a Java application| on a website| for our customers|)"
            + "|the (assistant|AI|model|bot) (is|should be|must be) " + KIND + "( and " + KIND + "|))";
    private static final String MANNER = "(politely|kindly|honestly|correctly|in a friendly way|helpfully|in English|truthfully"
            + "|with care|clearly|simply|briefly|in simple words|in one sentence|in short sentences|to the point|concisely"
            + "|in full sentences|as well as you can|in a short way|without long explanations|carefully|in plain English)";
    private static final String WHAT = "(the user|users|the user's questions|all questions|every question|questions"
            + "|the questions|the questions of the user|each message|our users|people|customers|the customer)";
    private static final String TASK = "((please |always |)(answer|reply|respond)( to " + WHAT + ""
            + "|) " + MANNER + "( and " + MANNER + "|)"
            + "|(help|assist|support|serve|advise) " + WHAT + " " + MANNER + "|your (task|job|goal) is to (help"
            + "|assist|support) "
            + "(the user|users|people|everyone)( " + MANNER + "|)|(always |)be " + KIND + "( and " + KIND + "|)"
            + "|(keep|make) (your |the |)answers (short|brief|simple|clear|honest|friendly|polite|correct|precise)"
            + "|(be |)(short|brief|concise)(, please|)|(use|write) (short sentences|simple words|plain words"
            + "|plain text|plain English"
            + "|few words|correct grammar|easy words)|(never|do not|don't) (lie|be rude|insult anybody|write too much"
            + "|make things up"
            + "|invent facts|guess|use bad words|harm anyone|give long answers)|(if|when) you (do not|don't) know (something"
            + "|the answer|it), say so|(only |)say what you know|follow the (instructions|rules|wishes) of the user"
            + "|do what the user (says|asks|wants)|have a nice conversation( with the user|)|the user (writes|speaks) English"
            + "|think before you answer|take your time|a user will (ask|write to) you|the conversation begins now"
            + "|chat with the user|here comes a user)";

    private SystemPrompts() {
    }

    /** One of very many. */
    public static String generic(Source source) {
        String last = source.say(TASK);
        return switch (source.between(0, 3)) {
            case 0 -> Asking.capitalised(source.say(WHO + "(.|.|.|)"));
            case 1 -> Asking.capitalised(source.say(WHO + ". ") + last + source.pick(".", ".", "!", ""));
            case 2 -> Asking.capitalised(source.say(WHO + ". ") + source.say(TASK) + ". " + last + ".");
            default -> Words.capitalise(last) + source.pick(".", ".", "!", "");
        };
    }
}
