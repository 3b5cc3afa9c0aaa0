package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Talk about nothing much: greetings, thanks, feelings, jokes, a story, a poem, each with one fixed answer. */
public final class SmallTalk implements Skill {

    private static final List<Frames> ANSWERS = Frames.read("small-talk");

    @Override
    public String name() {
        return "small talk";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Frames frames = source.pick(ANSWERS);
        dialogue.user(Asking.capitalised(source.say(frames.pattern()))).answer(Words.capitalise(frames.head()));
    }
}
