package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Simple facts that a child knows: animals, colours, opposites, the calendar, shapes, some science and computers. */
public final class GeneralKnowledge implements Skill {

    private static final List<Frames> ANSWERS = Frames.read("facts");

    @Override
    public String name() {
        return "facts";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Frames frames = source.pick(ANSWERS);
        dialogue.user(Asking.capitalised(source.say(frames.pattern()))).answer(Words.capitalise(frames.head()));
    }
}
