package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Extracts data from a text as a JSON object whose keys the request gives in one of several forms. */
public final class JsonExtraction implements Skill {

    @Override
    public String name() {
        return "extraction";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        ExtractionTask task = new ExtractionTask(source);
        dialogue.user(task.request(source)).answer(task.answer());
        if (source.chance(0.15)) {
            dialogue.user(task.another(false, source)).answer(task.answer());
        }
    }
}
