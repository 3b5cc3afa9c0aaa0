package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/** Finding a few facts (a code word, a password, a magic number) in a text or a chat that is about other things. */
public final class Needle implements Skill {

    private static final List<FactKind> IN_TEXT = FactKind.read("needle-facts", Framing.WRITTEN);
    private static final List<FactKind> IN_CHAT = FactKind.read("needle-facts", Framing.TOLD);
    private static final double CHARACTERS_PER_TOKEN = 2.6;
    /** What a turn of the chat adds to its sentences: the acknowledgement and the marks of two messages. */
    private static final int CHARACTERS_PER_TURN = 60;
    private static final int SENTENCES_PER_TURN = 3;
    private static final int SHORTEST = 60;
    private static final int MOSTLY = 400;
    private static final int LONGEST = 3500;
    private static final double LONG = 0.1;
    private static final double CHAT = 0.3;
    private static final double SYSTEM_MESSAGE = 0.1;

    private final int targetTokens;

    /** Lengths as in training: mostly short, a few long. */
    public Needle() {
        this(0);
    }

    /** @param targetTokens about so long is each text; 0 for the lengths of training */
    public Needle(int targetTokens) {
        this.targetTokens = targetTokens;
    }

    @Override
    public String name() {
        return "needle";
    }

    /** The same may not be told twice in a chat. */
    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        int length = (int) ((targetTokens > 0 ? targetTokens : tokens(source)) * CHARACTERS_PER_TOKEN);
        if (source.chance(SYSTEM_MESSAGE)) {
            dialogue.system(SystemPrompts.generic(source));
        }
        if (source.chance(CHAT)) {
            writeChat(dialogue, source, length);
        } else {
            writeText(dialogue, source, length);
        }
    }

    private static int tokens(Source source) {
        return source.chance(LONG) ? between(source, MOSTLY, LONGEST) : between(source, SHORTEST, MOSTLY);
    }

    /** Each doubling of the length is as likely. */
    private static int between(Source source, int least, int most) {
        double share = source.between(0, 10_000) / 10_000.0;
        return (int) Math.round(least * Math.pow((double) most / least, share));
    }

    /** One to four facts, no two of which answer the same question. */
    private static List<Fact> needles(Source source, List<FactKind> kinds) {
        Contents contents = new Contents(source);
        int count = source.pick(1, 3, 3, 4, 4);
        List<Fact> needles = new ArrayList<>();
        while (needles.size() < count) {
            Fact fact = source.pick(kinds).draw(contents);
            if (needles.stream().noneMatch(other -> other.subject().equals(fact.subject()))) {
                needles.add(fact);
            }
        }
        return needles;
    }

    private static void writeText(Dialogue dialogue, Source source, int length) {
        List<Fact> needles = needles(source, IN_TEXT);
        List<String> sentences = sentences(source, needles, length, 1);
        List<Fact> asked = source.pickSome(needles, needles.size());
        ReadingFrames.ask(dialogue, source, sentences, asked.getFirst().question(source));
        dialogue.answer(asked.getFirst().answer());
        ask(dialogue, source, asked.subList(1, asked.size()));
    }

    private static void writeChat(Dialogue dialogue, Source source, int length) {
        List<Fact> needles = needles(source, IN_CHAT);
        List<String> sentences = sentences(source, needles, length, CHARACTERS_PER_TURN / SENTENCES_PER_TURN);
        while (!sentences.isEmpty()) {
            List<String> turn = sentences.subList(0, Math.min(sentences.size(), SENTENCES_PER_TURN));
            dialogue.exactUser(String.join(" ", turn)).pastAnswer(Memory.NOTED);
            turn.clear();
        }
        ask(dialogue, source, source.pickSome(needles, needles.size()));
    }

    private static void ask(Dialogue dialogue, Source source, List<Fact> facts) {
        facts.forEach(fact -> dialogue.user(fact.question(source)).answer(fact.answer()));
    }

    /**
     * Sentences of the length together, the needles among them.
     *
     * @param more characters that come with each sentence
     */
    private static List<String> sentences(Source source, List<Fact> needles, int length, int more) {
        List<String> hidden = needles.stream()
                .map(fact -> Asking.capitalised(fact.say(fact.kind().statements() + ".", source))).toList();
        int left = length - hidden.stream().mapToInt(sentence -> sentence.length() + more).sum();
        FillerText filler = new FillerText(source);
        List<String> sentences = new ArrayList<>();
        while (left > 0 || sentences.isEmpty()) {
            sentences.add(filler.sentence());
            left -= sentences.getLast().length() + more;
        }
        hidden.forEach(sentence -> sentences.add(source.between(0, sentences.size()), sentence));
        return sentences;
    }
}
