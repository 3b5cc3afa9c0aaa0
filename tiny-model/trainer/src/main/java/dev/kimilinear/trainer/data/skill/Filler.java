package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Exchanges about something else, between what is told and what is asked. */
final class Filler {

    private static final List<Skill> SKILLS = List.of(new SmallTalk(), new SmallTalk(), new Capitals(),
            new Arithmetic(), new GeneralKnowledge());

    /**
     * Adds exchanges.
     *
     * @param skill the name of the skill that goes on after them
     */
    void write(Dialogue dialogue, Source source, int count, String skill) {
        for (int i = 0; i < count; i++) {
            Skill filler = source.pick(SKILLS);
            filler.write(dialogue.shows(filler.name()), source);
        }
        dialogue.shows(skill);
    }
}
