package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.FactKind.Ask;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/** Remembering what the user told in the chat about himself and others, or not knowing what he did not tell. */
public final class Memory implements Skill {

    /** The answer to what the user tells. */
    static final String NOTED = "Thank you, I will remember that.";
    static final String NOT_TOLD = "You have not told me that yet.";
    private static final String NOTHING_TOLD = "You have not told me anything yet.";
    private static final List<FactKind> KINDS = FactKind.read("memory-facts", Framing.TOLD);
    /** The name of the user is the first kind of the list. */
    private static final FactKind NAME = KINDS.getFirst();
    /** How answers about the user and what is his begin. */
    private static final String ABOUT_USER = "You";
    private static final double SYSTEM_MESSAGE = 0.3;
    /** So many names and other contents are written in lower case, and repeated so. */
    private static final double LOWER_CASE = 0.06;

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
    private static final String ABOUT_ME = Framing.TOLD.question("(what do you (already |)know about me|what have you learned"
            + " about me|who am I and what do you know about me|what have I told you (about me|about myself)"
            + "|what did I tell you (about me|about myself)|which facts do you know about me|what do you remember about me"
            + "|what can you (say|tell) about me)")
            + "|(tell me|list|repeat|say|summarise|write down|give me) (everything|all|all the things|all facts) (you know"
            + " about me|I told you( about me| about myself)|that you know about me|that I told you( about me|))(.|.|!"
            + "|, please.)|(describe me|tell me about me|summarise what you know about me|say what you know about me)(.|."
            + "|, please.)";
    private static final String ABOUT_ALL = Framing.TOLD.question("(what (have I told|did I tell) you( so far| until now| up"
            + " to now|)|what do you (know|remember)( so far|)|what have you (noted|remembered|learned)( so far|))")
            + "|(repeat|list|summarise|tell me) (everything|all|all the facts) (I told you|I have told you|you should remember"
            + "|you have noted)(.|.|!|, please.)";

    private final Filler filler = new Filler();
    private final Quoting quoting = new Quoting();

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
            contents = new Contents(source, source.between(1, 3));
        }

        void write() {
            if (source.chance(0.12)) {
                filler.write(dialogue, source, 1, name());
            }
            if (source.chance(0.1)) {
                askUnknown();
            }
            int facts = source.pick(1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6);
            tell(facts);
            if (source.chance(0.2)) {
                update();
            }
            filler.write(dialogue, source, distance(), name());
            int questions = source.between(1, Math.min(4, facts + 1));
            for (int i = 0; i < questions; i++) {
                ask();
                if (source.chance(0.15)) {
                    filler.write(dialogue, source, 1, name());
                }
            }
            if (source.chance(0.15)) {
                tell(1);
                askKnown(told.getLast());
            }
        }

        private int distance() {
            double at = source.between(0, 99);
            return at < 45 ? 0 : at < 75 ? source.between(1, 2) : at < 93 ? source.between(3, 6) : source.between(7, 12);
        }

        private void tell(int count) {
            int left = count;
            while (left > 0) {
                int together = source.chance(0.6) ? 1 : Math.min(left, source.between(2, 4));
                List<Fact> facts = new ArrayList<>();
                for (int i = 0; i < together; i++) {
                    Fact fact = newFact();
                    told.add(fact);
                    facts.add(fact);
                }
                left -= together;
                if (together == 1) {
                    tellOne(facts.getFirst());
                } else {
                    dialogue.user(sentences(facts)).answer(acknowledgement(facts));
                }
                if (left > 0 && source.chance(0.2)) {
                    filler.write(dialogue, source, 1, name());
                }
            }
        }

        private void tellOne(Fact fact) {
            String statement = fact.say(BEFORE_TELLING + fact.kind().statements() + AFTER_TELLING, source);
            if (source.chance(0.06)) {
                Ask ask = source.pick(fact.kind().asks());
                dialogue.user(Asking.capitalised(statement + " " + fact.say(ask.question(), source))).answer(fact.answer(ask));
                return;
            }
            dialogue.user(Asking.capitalised(statement)).answer(acknowledgement(List.of(fact)));
            if (fact.changes() && source.chance(0.08)) {
                Fact other = fact.changed(contents);
                told.set(told.indexOf(fact), other);
                String correction = source.chance(0.5) ? source.say(FRAGMENT, other.value(), fact.value())
                        : other.say(BEFORE_CORRECTING + fact.kind().statements() + "(.|.|!)", source);
                dialogue.user(Asking.capitalised(correction)).answer(acknowledgement(List.of(other)));
            }
        }

        private String sentences(List<Fact> facts) {
            StringBuilder text = new StringBuilder(source.say(BEFORE_SEVERAL));
            for (Fact fact : facts) {
                text.append(fact == facts.getFirst() ? "" : source.say(JOINED));
                text.append(fact.say(fact.kind().statements(), source));
            }
            return Asking.capitalised(text + source.say(AFTER_TELLING));
        }

        private String acknowledgement(List<Fact> facts) {
            for (Fact fact : facts) {
                if (fact.kind() == NAME) {
                    return "Nice to meet you, " + fact.value() + "!";
                }
            }
            return NOTED;
        }

        /** A fact about something that no other fact tells. */
        private Fact newFact() {
            Set<String> known = knownTopics();
            while (true) {
                FactKind kind = source.chance(0.12) ? NAME : similarKind();
                Fact fact = kind.draw(contents);
                if (fact.topics().stream().noneMatch(known::contains)) {
                    return source.chance(LOWER_CASE) && isAboutUser(fact) ? fact.inLowerCase() : fact;
                }
            }
        }

        private static boolean isAboutUser(Fact fact) {
            return fact.kind().asks().stream().allMatch(ask -> ask.answer().startsWith(ABOUT_USER));
        }

        /** Any kind; now and then one that was told before, of which another fact is easily mistaken for the first. */
        private FactKind similarKind() {
            return !told.isEmpty() && source.chance(0.3) ? source.pick(told).kind() : source.pick(KINDS);
        }

        private Set<String> knownTopics() {
            Set<String> known = new HashSet<>();
            told.forEach(fact -> known.addAll(fact.topics()));
            return known;
        }

        private void update() {
            List<Fact> changing = told.stream().filter(Fact::changes).toList();
            if (changing.isEmpty()) {
                return;
            }
            Fact before = source.pick(changing);
            Fact after = before.changed(contents);
            String changes = after.kind().changes();
            String pattern = changes.isEmpty() || source.chance(0.4)
                    ? BEFORE_CORRECTING + after.kind().statements()
                    : BEFORE_UPDATING + changes;
            if (source.chance(0.4)) {
                filler.write(dialogue, source, 1, name());
            }
            dialogue.user(Asking.capitalised(after.say(pattern + "(.|.|.|!)", source))).answer(acknowledgement(List.of(after)));
            told.set(told.indexOf(before), after);
        }

        private void ask() {
            int at = source.between(0, 99);
            if (at < 78) {
                askKnown(source.pick(told));
            } else if (at < 90) {
                askUnknown();
            } else if (at < 95 && told.size() <= 5) {
                askAll();
            } else {
                quoting.write(dialogue, source);
            }
        }

        private void askKnown(Fact fact) {
            Ask ask = source.pick(fact.kind().asks());
            if (!ask.check().isEmpty() && source.chance(0.1)) {
                boolean right = source.chance(0.5) || !fact.changes();
                Fact supposed = right ? fact : fact.changed(contents);
                dialogue.user(Asking.capitalised(supposed.say(ask.check(), source)))
                        .answer((right ? "Yes, " : "No, ") + inSentence(fact.answer(ask)));
            } else {
                dialogue.user(Asking.capitalised(fact.say(ask.question(), source))).answer(fact.answer(ask));
            }
        }

        private static String inSentence(String answer) {
            return answer.startsWith(ABOUT_USER) || answer.startsWith("The ")
                    ? answer.substring(0, 1).toLowerCase(Locale.ROOT) + answer.substring(1)
                    : answer;
        }

        /** Asks for something about the user, or about others if such a thing was told of somebody else. */
        private void askUnknown() {
            Set<String> known = knownTopics();
            while (true) {
                Fact fact = (source.chance(0.15) ? NAME : similarKind()).draw(contents);
                Ask ask = source.pick(fact.kind().asks());
                boolean expected = fact.answer(ask).startsWith(ABOUT_USER)
                        || told.stream().anyMatch(other -> other.kind() == fact.kind());
                if (expected && !known.contains(fact.topic(ask))) {
                    dialogue.user(Asking.capitalised(fact.say(ask.question(), source))).answer(NOT_TOLD);
                    return;
                }
            }
        }

        private void askAll() {
            List<String> all = told.stream().map(fact -> fact.answer(fact.kind().asks().getFirst())).toList();
            boolean allAboutUser = all.stream().allMatch(sentence -> sentence.startsWith(ABOUT_USER));
            dialogue.user(Asking.capitalised(source.say(allAboutUser ? ABOUT_ME : ABOUT_ALL)))
                    .answer(all.isEmpty() ? NOTHING_TOLD : String.join(" ", all));
        }
    }
}
