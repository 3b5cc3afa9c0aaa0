package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Questions about the model itself: what it is, who made it, what it can do and what it cannot. */
public final class Identity implements Skill {

    private static final List<Frames> ANSWERS = Frames.read("identity");

    @Override
    public String name() {
        return "identity";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Frames frames = source.pick(ANSWERS);
        dialogue.user(Asking.capitalised(source.say(frames.pattern()))).answer(Words.capitalise(frames.head()));
    }
}
