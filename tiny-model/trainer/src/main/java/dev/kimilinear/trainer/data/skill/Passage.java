package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/**
 * Answering some questions from a given short text about one or two persons or things, or saying that the text does not
 * answer it.
 */
public final class Passage implements Skill {

    private static final String NOT_SAID = "The text does not say that.";
    private static final List<FactKind> KINDS = FactKind.read("passage-facts", Framing.WRITTEN);
    private static final String PERSON = "name";
    private static final double PERSONS = 0.5;
    private static final double TWO_SUBJECTS = 0.4;
    private static final double PRONOUNS = 0.5;
    private static final double MISSING = 0.1;
    private static final double TEXT_ALONE = 0.2;

    @Override
    public String name() {
        return "passage";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Text text = source.chance(TWO_SUBJECTS) ? Text.aboutTwo(source) : Text.aboutOne(source);
        List<Fact> facts = text.facts;
        int count = Math.min(source.pick(2, 3, 3, 4), facts.size());
        boolean read = source.chance(TEXT_ALONE);
        if (read) {
            ReadingFrames.tell(dialogue, source, text.sentences);
        }
        for (Fact fact : source.pickSome(facts, count)) {
            boolean missing = source.chance(MISSING);
            String question = (missing ? text.missing : fact).question(source);
            if (read) {
                dialogue.user(question);
            } else {
                ReadingFrames.ask(dialogue, source, text.sentences, question);
                read = true;
            }
            dialogue.answer(missing ? NOT_SAID : fact.answer());
        }
    }

    /**
     * A text.
     *
     * @param facts what it says
     * @param missing what it does not say, of a kind that is not in it
     */
    private record Text(List<Fact> facts, List<String> sentences, Fact missing) {

        /** Three to five facts about one, which sentences behind the first may call he, she or it. */
        static Text aboutOne(Source source) {
            Contents contents = new Contents(source);
            List<FactKind> kinds = kinds(source);
            String subject = contents.draw(kinds.getFirst().about());
            int count = source.between(3, Math.min(5, kinds.size() - 1));
            List<Fact> facts = new ArrayList<>();
            List<String> sentences = new ArrayList<>();
            String pronoun = kinds.getFirst().about().equals(PERSON) ? source.pick("He ", "She ") : "It ";
            boolean pronouns = source.chance(PRONOUNS);
            for (FactKind kind : kinds.subList(0, count)) {
                Fact fact = kind.about(subject, contents);
                sentences.add(pronouns && !facts.isEmpty() ? pronoun + fact.say(kind.predicates() + ".", source)
                        : sentence(fact, source));
                facts.add(fact);
            }
            return new Text(facts, sentences, kinds.getLast().about(subject, contents));
        }

        /** Two facts each about two, of the same kinds. */
        static Text aboutTwo(Source source) {
            Contents contents = new Contents(source);
            List<FactKind> kinds = kinds(source);
            List<Fact> facts = new ArrayList<>();
            for (String subject : twoSubjects(kinds.getFirst(), contents)) {
                facts.add(kinds.get(0).about(subject, contents));
                facts.add(kinds.get(1).about(subject, contents));
            }
            List<String> sentences = facts.stream().map(fact -> sentence(fact, source)).toList();
            return new Text(facts, sentences, kinds.getLast().about(source.pick(facts).subject(), contents));
        }

        private static List<String> twoSubjects(FactKind kind, Contents contents) {
            String first = contents.draw(kind.about());
            String second = contents.draw(kind.about());
            while (second.equals(first)) {
                second = contents.draw(kind.about());
            }
            return List.of(first, second);
        }

        /** All kinds of facts about a person, or about a thing, in random order. */
        private static List<FactKind> kinds(Source source) {
            List<String> others = KINDS.stream().map(FactKind::about).filter(kind -> !kind.equals(PERSON)).distinct().toList();
            String about = source.chance(PERSONS) ? PERSON : source.pick(others);
            List<FactKind> kinds = KINDS.stream().filter(kind -> kind.about().equals(about)).toList();
            return source.pickSome(kinds, kinds.size());
        }

        private static String sentence(Fact fact, Source source) {
            return Words.capitalise(fact.say(fact.kind().statements() + ".", source));
        }
    }
}
