package dev.kimilinear.trainer.data.skill;

import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** What people write in front of an instruction: a greeting, a polite opening. */
final class TaskFrames {

    private static final String GREETING = "(|||||||||(Hi|Hello|Hey|Good morning|Good day)( there|)(!|,|.) |(Ok|Okay|Right|"
            + "So|Now|Next), |One (more |small |)(task|thing|request)( for you|)(:|.) |I have a (task|small task|job|request)"
            + " for you(:|.) )";
    private static final String OPENING = "(||||||(Please|please)(,|) |(Can|Could|Would|Will) you (|please |kindly |just |"
            + "quickly )"
            + "|I (want|need|would like|ask) you to |I'd (like|love) you to |Your (task|job)( is|:) to |You (should|have to|"
            + "must) (|now )|Be so (kind|nice) (and|as to) |Let's see if you can |Try to |Go ahead and )";
    /** What no polite opening fits in front of: a question, or words that stand for themselves. */
    private static final Pattern NO_IMPERATIVE = Pattern.compile("((what|what's|which|how|the|first|last|word count) |[^a-z])"
            + ".*", Pattern.DOTALL);

    private TaskFrames() {
    }

    /**
     * A request that ends with what it is about, behind a colon for example.
     *
     * @param imperatives a pattern of instructions that begin with a verb, or of questions: {@code (repeat|say): {0}}
     */
    static String about(Source source, String imperatives, Object... contents) {
        String said = source.say(imperatives, contents);
        return Words.capitalise(source.say(NO_IMPERATIVE.matcher(said).matches() ? GREETING : GREETING + OPENING) + said);
    }
}
