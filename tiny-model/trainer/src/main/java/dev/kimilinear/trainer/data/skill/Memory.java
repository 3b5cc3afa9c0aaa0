package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/** Remembering what the user told in the chat about himself, or not knowing what he did not tell. */
public final class Memory implements Skill {

    /** The answer to what the user tells. */
    static final String NOTED = "Thank you, I will remember that.";
    private static final List<FactKind> KINDS = FactKind.read("memory-facts", Framing.TOLD);
    /** The name of the user is the first kind of the list. */
    private static final FactKind NAME = KINDS.getFirst();
    private static final double SYSTEM_MESSAGE = 0.15;
    /** So many facts are the name, if it has not been told. */
    private static final double NAMES = 0.5;
    /** So many questions are asked before anything is told. */
    private static final double BEFORE = 0.15;
    private static final double TOGETHER = 0.25;
    private static final double CORRECTED = 0.15;
    private static final double DISTRACTED = 0.1;
    private static final double UNKNOWN = 0.15;

    private static final String BEFORE_TELLING = "(||||||||(Hi|Hello|Hey|Hi there|Hello there|Hey there|Good (morning|evening"
            + "|afternoon|day)|Greetings|Hi Kimi|Hello Kimi)(!|,|.|! How are you?) |(Just so you know|By the way"
            + "|For your information|FYI|You should know this|One more thing|Also|Oh|And|Well|So|OK|Listen|Remember|Please"
            + " remember|Please note|Note|Note this|Keep in mind|Remember this|Don't forget|Let me tell you something"
            + "|Something about me|Here is a fact|Information for you|Something else|Another thing|Let me introduce myself"
            + "|Before we start|In case you wonder|A small thing|Write this down|Save this|To remember)(,|:) |(please "
            + "|)(remember|note|keep in mind|don't forget|do not forget|know|save|write down) that |I (want|would like"
            + "|need) you to (know|remember) that |(I want to|Let me|I'd like to|I must|I can) tell you that |(did you know"
            + "|do you know) that )";
    private static final String AFTER_TELLING = "(.|.|.|.|.|.|!|, by the way.|, just so you know.|, okay?|, you know.|, please "
            + "remember that.|, please keep that in mind.|. (Please (remember|note) (that|it|this)(.|!)|Keep (that|this) in"
            + " mind.|Remember (this|that|it)(.|!)|Don't forget (that|it)(!|.)|Can you remember that?|Will you remember (that"
            + "|it)?|Please don't forget it.|Note that down.|I will ask you later.|Just remember it.|That's all for now."
            + "|Got it?))";
    private static final String BEFORE_SEVERAL = "(||||(Hi|Hello|Hey|Hi there|Hello there|Good morning|Good evening)(!|,|.) "
            + "|(Some facts( about me|)|Let me introduce myself|About me|Something about me|Please remember|Remember the"
            + " following|Please remember the following|Note this|Keep in mind|Here are some facts"
            + "|Let me tell you some things|Remember this|Just so you know|Well): )";
    private static final String JOINED = "( and |, and |. |. |! |. Also, |; |. And |, | and also |. Besides, |, besides |. By"
            + " the way, )";
    private static final String BEFORE_CORRECTING = "(No, |No wait, |Wait, |Sorry, |Oh sorry, |Actually, |Oops, |Correction: "
            + "|I made a mistake(,|:|.) |I was wrong(,|:|.) |That was wrong(,|:|.) |Not quite, |I have to correct myself(,|:"
            + "|.) |I must correct that: |Please change that: |Let me correct (that|myself): |Hmm, no, |That is not right, "
            + "|I said it wrong, |Please correct that: |My mistake, |Forget (that|what I said), |Well, actually )";
    private static final String FRAGMENT = "(No wait, I meant|Sorry, I meant|I mean|Actually, I meant|Oh no, I meant|I meant"
            + " to say|No,|Sorry,|Wait,|Correction:|Oops,|I meant|Sorry, I wanted to say|No, not {1}, but|Not {1}, but"
            + "|I mean not {1} but|No, it is|That was wrong, it is|No, sorry, it's) {0}(.|.|.|!|, sorry.|, not {1}."
            + "|. I said it wrong.|. Sorry.)";
    private static final String BEFORE_UPDATING = "(||||News: |Guess what: |Some news: |By the way, |Oh, |Something changed: "
            + "|Update: |Please update this: |It changed: |One more thing: |Listen, |You know what? |I have news: )";

    private final Filler filler = new Filler();

    @Override
    public String name() {
        return "memory";
    }

    /** What was told before must be known for sure, so that nothing else may stand in the chat. */
    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        if (source.chance(SYSTEM_MESSAGE)) {
            dialogue.system(SystemPrompts.generic(source));
        }
        new Chat(dialogue, source).write();
    }

    /** One chat that is being written. */
    private final class Chat {

        private final Dialogue dialogue;
        private final Source source;
        private final Contents contents;
        private final List<Fact> told = new ArrayList<>();

        Chat(Dialogue dialogue, Source source) {
            this.dialogue = dialogue;
            this.source = source;
            contents = new Contents(source);
        }

        void write() {
            if (source.chance(BEFORE)) {
                askUnknown();
            }
            int facts = source.pick(1, 2, 2, 3);
            while (told.size() < facts) {
                if (facts - told.size() > 1 && source.chance(TOGETHER)) {
                    tellTwo(newFact(), newFact());
                } else {
                    tellOne(newFact());
                }
            }
            filler.write(dialogue, source, source.pick(0, 0, 0, 1, 1, 2), name());
            ask();
        }

        /** A fact of a kind that has not been told. */
        private Fact newFact() {
            Fact fact = unknownKind().draw(contents);
            told.add(fact);
            return fact;
        }

        private FactKind unknownKind() {
            while (true) {
                FactKind kind = source.chance(NAMES) ? NAME : source.pick(KINDS);
                if (told.stream().noneMatch(fact -> fact.kind() == kind)) {
                    return kind;
                }
            }
        }

        private void tellOne(Fact fact) {
            say(fact.say(BEFORE_TELLING + fact.kind().statements() + AFTER_TELLING, source), acknowledgement(fact));
            if (source.chance(CORRECTED)) {
                correct(fact);
            }
        }

        private void tellTwo(Fact first, Fact second) {
            String text = source.say(BEFORE_SEVERAL) + first.say(first.kind().statements(), source) + source.say(JOINED)
                    + second.say(second.kind().statements(), source) + source.say(AFTER_TELLING);
            say(text, acknowledgement(second.kind() == NAME ? second : first));
        }

        /** Tells another value in place of the one before. */
        private void correct(Fact before) {
            Fact after = before.changed(contents);
            told.set(told.indexOf(before), after);
            String correction = switch (source.between(0, 2)) {
                case 0 -> source.say(FRAGMENT, after.value(), before.value());
                case 1 -> after.say(BEFORE_UPDATING + after.kind().changes() + "(.|.|.|!)", source);
                default -> after.say(BEFORE_CORRECTING + after.kind().statements() + "(.|.|.|!)", source);
            };
            say(correction, acknowledgement(after));
        }

        private static String acknowledgement(Fact fact) {
            return fact.kind() == NAME ? "Nice to meet you, " + fact.value() + "!" : NOTED;
        }

        /** Asks for all that was told, for a single fact twice, and now and then for what was not told. */
        private void ask() {
            List<Fact> asked = source.pickSome(told, told.size());
            if (asked.size() == 1) {
                asked.add(asked.getFirst());
            }
            for (Fact fact : asked) {
                if (source.chance(UNKNOWN)) {
                    askUnknown();
                } else if (source.chance(DISTRACTED)) {
                    filler.write(dialogue, source, 1, name());
                }
                dialogue.user(fact.question(source)).answer(fact.answer());
            }
        }

        private void askUnknown() {
            Fact fact = unknownKind().draw(contents);
            dialogue.user(fact.question(source)).answer(fact.unknown());
        }

        private void say(String text, String answer) {
            dialogue.user(Asking.capitalised(text)).answer(answer);
        }
    }
}
