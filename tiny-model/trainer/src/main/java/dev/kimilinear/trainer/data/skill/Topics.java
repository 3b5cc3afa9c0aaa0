package dev.kimilinear.trainer.data.skill;

import java.util.Map;
import java.util.stream.Collectors;

import dev.kimilinear.trainer.data.Source;

/** The wordings of a list by their topic: a list in the format of {@link Frames} whose heads are topics. */
final class Topics {

    /** The answer to what the model does not know, in English. */
    static final String DO_NOT_KNOW = "I am sorry, I do not know that. I am only a tiny model.";

    private static final String KNOWN = "@";

    private final String list;
    private final Map<String, String> patterns;

    private Topics(String list, Map<String, String> patterns) {
        this.list = list;
        this.patterns = patterns;
    }

    static Topics read(String list) {
        return new Topics(list, Frames.read(list).stream().collect(Collectors.toMap(Frames::head, Frames::pattern)));
    }

    /** A wording of the topic with its contents. */
    String say(Source source, String topic, Object... contents) {
        return about("", source, topic, contents);
    }

    /**
     * A wording of the topic.
     *
     * @param known stands for each {@code @}: a name that the model knows, so that slips of the pen may change it
     */
    String about(String known, Source source, String topic, Object... contents) {
        String pattern = patterns.get(topic);
        if (pattern == null) {
            throw new IllegalArgumentException("No topic " + topic + " in the list " + list);
        }
        return Asking.capitalised(source.say(pattern, contents).replace("  ", " ").replace(KNOWN, known));
    }
}
