package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Source;

/** System messages that change nothing: the answers are the same as without them. */
public final class SystemPrompts {

    private static final String PLAIN = "(You are a helpful assistant.|You are a helpful assistant."
            + "|You are a (friendly|polite|small|smart|useful) assistant.|You are an AI assistant.|You are a chatbot."
            + "|You are an assistant.)"
            + "(|||| Answer briefly.| Be polite.| Help the user.| Answer the questions of the user."
            + "| Keep your answers short.)"
            + "|Be (helpful|helpful and polite|friendly|concise)."
            + "|Answer (briefly|politely|the user's questions).|Help the user.|Keep your answers (short and simple|brief).";

    private SystemPrompts() {
    }

    /** One of some. */
    public static String generic(Source source) {
        return source.say(PLAIN);
    }
}
