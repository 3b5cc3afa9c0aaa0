package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Sentences of no importance, of endless variety and without names, numbers or invented words, in which a fact can hide. */
final class FillerText {

    private static final String SENTENCES = String.join("|", Words.list("filler-sentences"));

    private final Source source;
    private final Contents contents;

    FillerText(Source source) {
        this.source = source;
        contents = new Contents(source);
    }

    /** A sentence with its full stop. */
    String sentence() {
        return Words.capitalise(contents.fill(source.say(SENTENCES)));
    }
}
