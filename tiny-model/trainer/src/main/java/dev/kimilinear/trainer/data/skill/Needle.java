package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.FactKind.Ask;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/** Finding one fact in a long text or a long chat that is about other things. */
public final class Needle implements Skill {

    private static final List<FactKind> IN_TEXT = FactKind.read("needle-facts", Framing.WRITTEN);
    private static final List<FactKind> IN_CHAT = FactKind.read("needle-facts", Framing.TOLD);
    private static final double CHARACTERS_PER_TOKEN = 2.9;
    /** What a turn of the chat adds to its sentence: the acknowledgement and the marks of two messages. */
    private static final int CHARACTERS_PER_TURN = 70;
    private static final int SHORTEST = 100;
    private static final int MOSTLY = 500;
    private static final int LONGER = 2000;
    private static final int LONGEST = 3300;
    private static final double MISSING = 0.1;
    private static final double SYSTEM_MESSAGE = 0.2;

    private final int targetTokens;

    /** Lengths as in training: mostly short, some long. */
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
        boolean chat = source.chance(0.3);
        if (source.chance(SYSTEM_MESSAGE)) {
            dialogue.system(SystemPrompts.generic(source));
        }
        Contents contents = new Contents(source, source.between(2, 4));
        List<Fact> needles = needles(contents, source, chat ? IN_CHAT : IN_TEXT);
        if (chat) {
            writeChat(dialogue, source, needles, length);
        } else {
            writeText(dialogue, source, needles, length);
        }
    }

    private static int tokens(Source source) {
        int at = source.between(0, 99);
        if (at < 76) {
            return between(source, SHORTEST, MOSTLY);
        }
        return at < 94 ? between(source, MOSTLY, LONGER) : between(source, LONGER, LONGEST);
    }

    /** Each doubling of the length is as likely. */
    private static int between(Source source, int least, int most) {
        double share = source.between(0, 10_000) / 10_000.0;
        return (int) Math.round(least * Math.pow((double) most / least, share));
    }

    /** One to three facts, and behind them one more that is asked for when the answer is missing. */
    private static List<Fact> needles(Contents contents, Source source, List<FactKind> kinds) {
        int count = source.between(1, 3) + 1;
        List<Fact> needles = new ArrayList<>();
        while (needles.size() < count) {
            FactKind kind = !needles.isEmpty() && source.chance(0.4) ? needles.getLast().kind() : source.pick(kinds);
            Fact fact = kind.draw(contents);
            if (needles.stream().noneMatch(other -> other.topics().equals(fact.topics()))) {
                needles.add(fact);
            }
        }
        return needles;
    }

    private static void writeText(Dialogue dialogue, Source source, List<Fact> needles, int length) {
        List<String> sentences = sentences(source, needles, length, 1);
        List<Fact> asked = asked(source, needles);
        for (Fact fact : asked) {
            Ask ask = source.pick(fact.kind().asks());
            String question = Asking.capitalised(fact.say(ask.question(), source));
            if (fact == asked.getFirst()) {
                ReadingFrames.ask(dialogue, source, sentences, question);
            } else {
                dialogue.user(question);
            }
            dialogue.answer(fact == needles.getLast() ? Passage.NOT_SAID : fact.answer(ask));
        }
    }

    private static void writeChat(Dialogue dialogue, Source source, List<Fact> needles, int length) {
        for (String sentence : sentences(source, needles, length, CHARACTERS_PER_TURN)) {
            dialogue.exactUser(sentence).pastAnswer(Memory.NOTED);
        }
        for (Fact fact : asked(source, needles)) {
            Ask ask = source.pick(fact.kind().asks());
            dialogue.user(Asking.capitalised(fact.say(ask.question(), source)))
                    .answer(fact == needles.getLast() ? Memory.NOT_TOLD : fact.answer(ask));
        }
    }

    /** What is asked for: some or all of what is there, now and then what is not. A long text is worth several questions. */
    private static List<Fact> asked(Source source, List<Fact> needles) {
        List<Fact> there = needles.subList(0, needles.size() - 1);
        List<Fact> asked = source.pickSome(there, source.between(1, there.size()));
        if (source.chance(MISSING)) {
            asked.set(source.between(0, asked.size() - 1), needles.getLast());
        }
        return asked;
    }

    /** Sentences of the length together, all needles but the last among them. */
    private static List<String> sentences(Source source, List<Fact> needles, int length, int more) {
        List<String> hidden = needles.subList(0, needles.size() - 1).stream()
                .map(fact -> Asking.capitalised(fact.say(fact.kind().statements() + ".", source))).toList();
        int left = length;
        for (String sentence : hidden) {
            left -= sentence.length() + more;
        }
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
