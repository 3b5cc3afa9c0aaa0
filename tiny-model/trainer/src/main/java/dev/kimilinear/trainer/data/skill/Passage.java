package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.FactKind.Ask;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/** Answering a question from a given short text, or saying that the text does not answer it. */
public final class Passage implements Skill {

    /** The answer to what is not in the text. */
    static final String NOT_SAID = "The text does not say that.";
    private static final List<FactKind> KINDS = FactKind.read("passage-facts", Framing.WRITTEN);
    private static final double MISSING = 0.15;
    private static final double TEXT_ALONE = 0.12;
    private static final double ANOTHER_QUESTION = 0.2;

    private record Question(String text, String answer) {
    }

    @Override
    public String name() {
        return "passage";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Contents contents = new Contents(source, source.between(2, 3));
        List<Fact> facts = new ArrayList<>();
        int count = source.between(2, 6);
        while (facts.size() < count) {
            facts.add(other(facts, contents, source));
        }
        List<String> sentences = sentences(facts, source);
        if (source.chance(TEXT_ALONE)) {
            ReadingFrames.tell(dialogue, source, sentences);
        } else {
            Question question = question(facts, contents, source);
            ReadingFrames.ask(dialogue, source, sentences, question.text);
            dialogue.answer(question.answer);
        }
        while (source.chance(ANOTHER_QUESTION) || dialogue.messages().getLast().turn().content().equals(ReadingFrames.READ)) {
            Question question = question(facts, contents, source);
            dialogue.user(question.text).answer(question.answer);
        }
    }

    private static Question question(List<Fact> facts, Contents contents, Source source) {
        boolean missing = source.chance(MISSING);
        Fact asked = missing ? other(facts, contents, source) : source.pick(facts);
        Ask ask = source.pick(asked.kind().asks());
        return new Question(Asking.capitalised(asked.say(ask.question(), source)), missing ? NOT_SAID : asked.answer(ask));
    }

    /** A fact that answers no question that the given ones answer; often of a kind that is there. */
    private static Fact other(List<Fact> facts, Contents contents, Source source) {
        Set<String> known = new HashSet<>();
        facts.forEach(fact -> known.addAll(fact.topics()));
        while (true) {
            FactKind kind = !facts.isEmpty() && source.chance(0.45) ? source.pick(facts).kind() : source.pick(KINDS);
            Fact fact = kind.draw(contents);
            if (fact.topics().stream().noneMatch(known::contains)) {
                return fact;
            }
        }
    }

    private static List<String> sentences(List<Fact> facts, Source source) {
        FillerText filler = new FillerText(source);
        List<String> sentences = new ArrayList<>();
        Pronouns pronouns = new Pronouns(source);
        Fact before = null;
        for (Fact fact : facts) {
            if (source.chance(0.25)) {
                sentences.add(filler.sentence());
                before = null;
            }
            sentences.add(pronouns.sentence(fact, before));
            before = fact;
        }
        return sentences;
    }

    /** Sentences that call a person he or she where the sentence before was about the same. */
    private static final class Pronouns {

        private final Source source;
        private final List<String> women = new ArrayList<>();
        private final List<String> men = new ArrayList<>();

        Pronouns(Source source) {
            this.source = source;
        }

        String sentence(Fact fact, Fact before) {
            boolean same = before != null && !fact.kind().continuations().isEmpty() && !before.kind().continuations().isEmpty()
                    && before.values().getFirst().equals(fact.values().getFirst());
            return Asking.capitalised(same ? pronoun(fact.values().getFirst()) + " "
                    + fact.say(fact.kind().continuations() + ".", source) : fact.say(fact.kind().statements() + ".", source));
        }

        private String pronoun(String name) {
            if (!women.contains(name) && !men.contains(name)) {
                (source.chance(0.5) ? women : men).add(name);
            }
            return women.contains(name) ? "She" : "He";
        }
    }
}
