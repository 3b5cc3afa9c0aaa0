package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/**
 * Extracts two to four fields from short texts as a JSON object. The request names the fields, shows a template, or is one
 * that LangChain4j makes of a class; other texts for the same fields may follow.
 */
public final class JsonExtraction implements Skill {

    @Override
    public String name() {
        return "extraction";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        ExtractionTask task = new ExtractionTask(source);
        dialogue.user(task.request(source)).answer(task.answer());
        for (int left = source.pick(0, 1, 1, 2); left > 0; left--) {
            dialogue.user(task.another(source)).answer(task.answer());
        }
    }
}
