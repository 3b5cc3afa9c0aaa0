package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** What the model does not know or cannot do: one sentence says so, another one that it would need a tool. */
public final class Unknown implements Skill {

    private static final String NO_TOOL = "I have no tool for that.";

    private static final List<Frames> QUESTIONS = Frames.read("unknown");
    private static final List<Frames> NEEDING_TOOLS = Frames.read("no-tool");
    /** How many questions need a tool. */
    private static final double SHARE_OF_TOOLS = 0.35;
    private static final double KNOWN_NAME = 0.6;
    private static final double COUNTRY = 0.7;
    /** A city whose weather stays for an evaluation by hand. */
    private static final String RESERVED = "Munich";

    private static final String[] LANGUAGES = { "Java", "Python", "JavaScript", "C", "Rust", "Go", "SQL", "Kotlin" };

    @Override
    public String name() {
        return "unknown";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        boolean tools = dialogue.tools().isEmpty() && source.chance(SHARE_OF_TOOLS);
        Frames frames = source.pick(tools ? NEEDING_TOOLS : QUESTIONS);
        String question = source.say(frames.pattern(), contents(frames.head(), source));
        dialogue.user(Asking.capitalised(question)).answer(tools ? NO_TOOL : Topics.DO_NOT_KNOW);
    }

    private static Object[] contents(String kind, Source source) {
        return switch (kind) {
            case "topic" -> source.words("topics", 2).toArray();
            case "person" -> new Object[] { person(source) };
            case "place" -> new Object[] { source.chance(COUNTRY) ? source.word("unknown-places") : city(source) };
            case "title" -> new Object[] { source.word("unknown-titles") };
            case "task" -> new Object[] { source.word("unknown-tasks") };
            case "code" -> new Object[] { source.pick(LANGUAGES), source.word("unknown-programs") };
            case "city" -> new Object[] { city(source) };
            case "live", "action" -> new Object[0];
            default -> throw new IllegalArgumentException("No such kind of content: " + kind);
        };
    }

    private static String person(Source source) {
        return source.chance(KNOWN_NAME) ? source.word("unknown-people")
                : source.firstName() + " " + Words.capitalise(source.inventedWord());
    }

    private static String city(Source source) {
        String city = source.city();
        return city.equals(RESERVED) ? city(source) : city;
    }
}
