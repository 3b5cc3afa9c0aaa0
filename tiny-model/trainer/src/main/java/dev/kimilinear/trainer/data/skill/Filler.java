package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Exchanges about something else, between what is told and what is asked. */
final class Filler {

    private static final List<Skill> SKILLS = List.of(new SmallTalk(), new Capitals());

    /**
     * Adds exchanges.
     *
     * @param least at least so many: a filler may go on with a question of its own
     * @param skill the name of the skill that goes on after them
     */
    void write(Dialogue dialogue, Source source, int least, String skill) {
        int messages = dialogue.messages().size() + 2 * least;
        while (dialogue.messages().size() < messages) {
            Skill filler = source.pick(SKILLS);
            filler.write(dialogue.shows(filler.name()), source);
        }
        dialogue.shows(skill);
    }
}
