package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.BaseQuestions.Said;

/** Follows the system message: how to answer, who to be, what to know, what not to talk about. */
public final class SystemFollowing implements Skill {

    private static final String INTRO = "(|||||You are (a helpful|a friendly|a polite|a small) assistant. )";
    private static final String ALWAYS = "(Answer|Always answer|Reply|Always reply|Respond|Always respond|Write|"
            + "You must answer|You should reply|You always answer|All your answers must be|Your answers must be|"
            + "Every answer must be|Please answer|Give all answers)";
    private static final String EVERY = "((every|each) (answer|reply|message|response)|all your (answers|replies|messages))";
    private static final String UPPER = ALWAYS + " (only |)in (upper case|uppercase|capital letters|capitals|all caps|"
            + "upper case letters)(.|)|(Use|Write) (only|nothing but) (capital letters|upper case letters|upper case)(.|)|"
            + "(Shout|Always shout): (use|write) capital letters(.|)";
    private static final String ONE_WORD = ALWAYS + " (in|with) (only |just |exactly |)(one word|a single word)( only|)(.|"
            + ")|(Only|Just) one word(.|)|(Keep it|Make it|Be) (very short|brief): one word(.|)|(Use|Write) only one word("
            + " for your answer| in your answer|)(.|)|No sentences, (only|just) one word(.|)";
    private static final String START = "(Start|Begin|Open) " + EVERY + " with ({0}|\"{0}\"|the word {0}|"
            + "the word \"{0}\")(.|)|" + EVERY + " (must|should) (start|begin) with ({0}|\"{0}\"|the word {0})(.|)|"
            + "Always (start|begin) with ({0}|\"{0}\"|the word {0})(.|)|(Say|Write) {0} (first|before each answer|"
            + "at the beginning of every answer)(.|)";
    private static final String END = "(End|Finish|Close) " + EVERY + " with ({0}|\"{0}\"|the word {0}|"
            + "the word \"{0}\")(.|)|" + EVERY + " (must|should) (end|finish) with ({0}|\"{0}\"|the word {0})(.|)|"
            + "Always (end|finish) with ({0}|\"{0}\"|the word {0})(.|)|(Say|Write|Add) {0} (last|after each answer|"
            + "at the end of every answer)(.|)";
    private static final String LANGUAGE = ALWAYS + " (only |)in {0}(.|)|(Speak|Talk|Write|Use|You speak|You write) (only |"
            + ")(in |){0}( only|)(.|)|The language of (your answers|this chat) is {0}(.|)|"
            + "You are a {0} speaking assistant(.|)|The user (understands|speaks) only {0}(.|)";

    private static final double PLAIN = 0.25;

    @Override
    public String name() {
        return "system prompt";
    }

    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 19)) {
            case 0, 1 -> styled(system("(Answer|Always answer) in upper case.", UPPER, source),
                    said -> said.answer().toUpperCase(Locale.ROOT), dialogue, source);
            case 2, 3 -> oneWord(dialogue, source);
            case 4, 5, 6, 7 -> {
                ForeignLanguage language = source.pick(ForeignLanguage.values());
                dialogue.system(system("(Answer|Always answer) in {0}.", LANGUAGE, source, language.english()));
                answer(BaseQuestions.conversation(BaseLanguages.COUNTRIES, source),
                        said -> BaseLanguages.answer(said, language), dialogue);
            }
            case 8, 9 -> {
                String word = word(source);
                styled(system("(Begin|Start) every answer with {0}.", START, source, word), said -> word + " " + said.answer(),
                        dialogue, source);
            }
            case 10, 11 -> {
                String word = word(source);
                styled(system("End every answer with {0}.", END, source, word), said -> said.answer() + " " + word, dialogue,
                        source);
            }
            default -> SystemKnowledge.write(dialogue, source);
        }
    }

    private static String word(Source source) {
        return source.chance(0.4) ? source.pick("Ahoy", "Well", "Sure", "Over", "Cheers", "Amen", "Done", "Meow", "Beep", "Aha")
                : Words.capitalise(TextTransform.word(source));
    }

    /**
     * A system message.
     *
     * @param plain what most people would write: so few wordings that both splits share them
     * @param rule other wordings
     */
    static String system(String plain, String rule, Source source, Object... contents) {
        return source.chance(PLAIN) ? source.say(plain, contents)
                : Asking.capitalised(source.say(INTRO + '(' + rule + ')', contents));
    }

    /** Usual answers in another style. */
    private static void styled(String system, Function<Said, String> style, Dialogue dialogue, Source source) {
        dialogue.system(system);
        answer(BaseQuestions.conversation(BaseQuestions.COUNTRIES, source), style, dialogue);
    }

    private static void oneWord(Dialogue dialogue, Source source) {
        dialogue.system(system("Answer (with|in) one word.", ONE_WORD, source));
        answer(BaseQuestions.capitals(BaseQuestions.COUNTRIES, source.between(2, 4), source),
                said -> said.country().capital(), dialogue);
    }

    private static void answer(List<Said> conversation, Function<Said, String> style, Dialogue dialogue) {
        conversation.forEach(said -> dialogue.user(said.text()).answer(style.apply(said)));
    }
}
