package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** What the model does not know or cannot do, in the words of what it can: it says so instead of making something up. */
public final class Unknown implements Skill {

    private static final String NO_TOOL = "I have no tool for that.";

    private static final List<Frames> QUESTIONS = Frames.read("unknown");
    private static final List<Frames> NEEDING_TOOLS = Frames.read("no-tool");
    /** How many questions need a tool. */
    private static final double SHARE_OF_TOOLS = 0.2;
    /** A city whose weather stays for an evaluation by hand. */
    private static final String RESERVED = "Munich";

    private static final String[] TITLE_BEGINS = { "The", "My", "Her", "The Last", "The First", "One", "Our", "No", "The Old" };
    private static final String[] TITLE_QUALITIES = { "Silent", "Golden", "Broken", "Blue", "Hidden", "Lonely", "Burning",
            "Empty", "Crooked", "Frozen", "Distant", "Bitter", "Sleeping", "Wild", "Paper", "Forgotten" };
    private static final String[] TITLE_THINGS = { "Clock", "Garden", "River", "Letter", "Bridge", "Winter", "Mirror",
            "Stranger", "Island", "Piano", "Storm", "Tower", "Door", "Song", "Lighthouse", "Shadow", "Train", "Key" };
    private static final String[] EVENTS = { "the election", "the final", "the cup", "the football match", "the tennis final",
            "the battle", "the war", "the song contest", "the chess championship", "the race", "the World Cup", "the summit",
            "the peace conference", "the strike", "the Olympic Games", "the festival", "the marathon", "the conference" };
    private static final String[] THEORIES = { "effect", "theory", "war", "method", "principle", "law", "treaty", "syndrome",
            "religion", "engine", "dynasty", "movement", "paradox", "dance", "festival", "diet", "disease", "algorithm" };
    private static final String[] LANGUAGES = { "Java", "Python", "JavaScript", "C", "Rust", "Go", "SQL", "Kotlin", "Ruby",
            "PHP", "Bash", "Haskell", "Scala", "TypeScript" };
    private static final String[] PROGRAMS = { "sort a list", "read a file", "parse JSON", "send a mail", "draw a circle",
            "reverse a string", "find prime numbers", "open a window", "download a page", "count words", "play chess",
            "compute a checksum", "write a log", "connect to a database", "start a server", "merge two lists", "copy a folder",
            "resize a picture", "solve a maze", "encrypt a text", "train a model", "scrape a website", "plot a curve",
            "test a class", "sum a column", "remove duplicates", "convert a date", "validate an address", "call a service" };

    @Override
    public String name() {
        return "unknown";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        boolean tools = dialogue.tools().isEmpty() && source.chance(SHARE_OF_TOOLS);
        Frames frames = source.pick(tools ? NEEDING_TOOLS : QUESTIONS);
        String question = source.say(frames.pattern(), contents(frames.head(), source));
        while (question.contains(RESERVED)) {
            question = source.say(frames.pattern(), contents(frames.head(), source));
        }
        dialogue.user(Asking.capitalised(question)).answer(tools ? NO_TOOL : Topics.DO_NOT_KNOW);
    }

    private static Object[] contents(String kind, Source source) {
        return switch (kind) {
            case "topic" -> new Object[] { topic(source), topic(source) };
            case "person" -> new Object[] { person(source) };
            case "place" -> new Object[] { place(source), place(source) };
            case "title" -> new Object[] { title(source) };
            case "creature" -> creature(source);
            case "word" -> new Object[] { word(source) };
            case "thing" -> new Object[] { source.word("unknown-things"), source.word("unknown-things") };
            case "event" -> new Object[] { event(source) };
            case "task" -> new Object[] { source.word("unknown-tasks") };
            case "code" -> new Object[] { source.pick(LANGUAGES), source.owned(() -> source.pick(PROGRAMS)) };
            case "city" -> new Object[] { source.city() };
            case "name" -> new Object[] { source.chance(0.7) ? source.firstName() : person(source) };
            case "advice", "future", "nothing" -> new Object[0];
            default -> throw new IllegalArgumentException("No such kind of content: " + kind);
        };
    }

    private static String topic(Source source) {
        return source.chance(0.75) ? source.word("topics")
                : "the " + Words.capitalise(source.inventedWord()) + " " + source.pick(THEORIES);
    }

    private static String person(Source source) {
        return source.chance(0.4) ? source.word("unknown-people")
                : source.firstName() + " " + Words.capitalise(source.inventedWord());
    }

    private static String place(Source source) {
        return source.chance(0.5) ? source.word("unknown-places") : source.city();
    }

    private static String title(Source source) {
        String invented = Words.capitalise(source.inventedWord());
        return source.owned(() -> switch (source.between(0, 2)) {
            case 0 -> invented;
            case 1 -> source.pick(TITLE_BEGINS) + " " + invented + " " + source.pick(TITLE_THINGS);
            default -> source.pick(TITLE_BEGINS) + " " + source.pick(TITLE_QUALITIES) + " " + source.pick(TITLE_THINGS);
        });
    }

    private static String word(Source source) {
        String word = source.inventedWord();
        return source.chance(0.7) ? word : Words.capitalise(word);
    }

    private static Object[] creature(Source source) {
        String name = source.inventedWord();
        return new Object[] { ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name, name + "s" };
    }

    private static String event(Source source) {
        return source.owned(() -> source.pick(EVENTS) + source.pick(" of ", " in ") + source.between(1900, 2030));
    }
}
