package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Does something to a given text: repeats it, turns its words round, lists them, changes its case ... */
public final class TextTransform implements Skill {

    /**
     * A task about some words.
     *
     * @param imperatives a pattern of instructions with the words at {@code {0}}, at its end
     * @param later a pattern of instructions that refer to the words of the last answer, or empty
     */
    private record Task(String imperatives, String later, Function<List<String>, String> result) {
    }

    private static final String TEXT = "(text|words|sentence|phrase|following|following text|following words|input)";
    private static final String LETTERS = "(letters|characters)";
    private static final String TO = "(: |: |:\n| - )";
    private static final String BACKWARDS = "(backwards|in reverse|in reverse order|the other way round|from back to front|"
            + "reversed)";

    private static final Task REPEAT = new Task("(repeat|echo|copy|say|write|type|print|output|return|repeat back|"
            + "give back)( after me| exactly| word for word| literally|"
            + " (this|the following)( text| sentence| words| exactly|)| what I say|)" + TO + "{0}|"
            + "(say|repeat|write|answer|output|print|type) (only|just|exactly|nothing but|nothing else than|simply) {0}|"
            + "(say|write|answer|reply with|respond with|print|output) {0}( and "
            + "(nothing else|nothing more|no more|that's it|stop)|, nothing else|, nothing more| only| please)|say {0}|"
            + "repeat {0}|(say|repeat|print) (the (word|words|text) |)(\"{0}\"|'{0}')"
            + "|(answer|reply|respond)( only| just|) with( the (words|text)|)( |: ){0}|let me hear {0}|"
            + "say the following after me" + TO + "{0}",
            "(say|repeat|write) (it|that|this) (again|once more|one more time)|once more|again|repeat( that| it|)",
            words -> String.join(" ", words));
    private static final List<Task> WORDS = List.of(
            new Task("(reverse|turn around|invert) the (order of the (following |)words|word order|words)( in| of|)( this|"
                    + " the following|)( text| sentence|)" + TO + "{0}|(say|write|repeat|give me|print) (these|the|"
                    + "the following) words "
                    + BACKWARDS + TO + "{0}|(write|say) {0} with the words " + BACKWARDS + "|reverse the words( of|) {0}",
                    "(now |and |)(with the words|the words|say the words|word by word) " + BACKWARDS
                            + "|(now |)reverse the (words|order of the words|word order)",
                    words -> String.join(" ", words.reversed())),
            new Task("(join|connect|separate|list|combine|write) (these|the|the following) words( with| by| using) commas"
                    + TO + "{0}|(put|write|add|insert) commas between (the|these|the following) words" + TO + "{0}|"
                    + "(make|write|create) a comma( |-)separated list( of| from)" + TO + "{0}",
                    "(now |and |)(with commas|"
                            + "separated by commas|as a comma separated list)|(now |)put commas between the words",
                    words -> String.join(", ", words)),
            new Task("(put|write|list|print|give me|say) (each|every) (word|item) on (a|its own|a new|a separate) line"
                    + TO + "{0}|(write|put|list) (these|the following|the) (words|items) (on separate lines|line by line|"
                    + "one per line|below each other)" + TO + "{0}|(split|break) "
                    + "(this|the following|these words) into lines" + TO + "{0}",
                    "(now |and |)(each word|every word|"
                            + "one word) (on a new line|per line)|(now |)(put|write) (each|every) word on (a new|its own|"
                            + "a separate) line",
                    words -> String.join("\n", words)),
            new Task("(make|write|create|give me) (a |)(bullet list|list of bullets|bulleted list|list with dashes|"
                    + "bullet points)( of| from| with)( these words| the following|)" + TO + "{0}|(list|write|put) (these|"
                    + "the following) (words|items) as (bullets|bullet points|a bullet list)"
                    + TO + "{0}|(turn|convert) (this|these words|these) into (bullet points|a bullet list)" + TO + "{0}",
                    "(now |and |)as (a bullet list|bullet points|bullets|a list with bullets)|(now |)make (it|them|"
                            + "that) a bullet list",
                    words -> words.stream().map(word -> "- "
                            + word).collect(Collectors.joining("\n"))),
            new Task("(quote|put quotes around|put in quotes|put quotation marks around|put in quotation marks|"
                    + "wrap in quotes|enclose in quotes)" + TO + "{0}|(write|put|say) (this|the following) (in|"
                    + "with) (quotes|quotation marks)" + TO + "{0}|(put|write) {0} in (quotes|quotation marks)",
                    "(now |and |)(in quotes|with quotation marks|in quotation marks|with quotes)|(now |)(quote it|"
                            + "put it in quotes)",
                    words -> '"' + String.join(" ", words) + '"'),
            new Task("(count|tell me the number of|give me the number of|find out the number of) (the |)words( in|"
                    + " of)( this| the following|)( text| sentence|)" + TO + "{0}|(count the words|word count)" + TO
                    + "{0}|(tell me |)how many words (are in|are there in|has|does this have)(|:| this:|"
                    + " the following text:) {0}",
                    "(now |and |)how many words (is that|are that|are these|does that have)(?|)|count the words",
                    words -> String.valueOf(words.size())),
            new Task("(give me|tell me|say|write|name|take|find|pick) (only |just |)the first word( of| in|)( this list|"
                    + " this text| the following|)" + TO + "{0}|(tell me |)(which|what) is the first word( of| in|)(|"
                    + " this text)" + TO + "{0}|(which|what) word (comes first|is at the beginning)" + TO
                    + "{0}|first word" + TO + "{0}",
                    "(now |and |)(only |just |)the first word( only|)|what (is|was) the first word(?|)", List::getFirst),
            new Task("(give me|tell me|say|write|name|take|find|pick) (only |just |)the last word( of| in|)( this list|"
                    + " this text| the following|)" + TO + "{0}|(tell me |)(which|what) is the last word( of| in|)(|"
                    + " this text)" + TO + "{0}|(which|what) word (comes last|is at the end)" + TO + "{0}|last word" + TO
                    + "{0}",
                    "(now |and |)(only |just |)the last word( only|)|what (is|was) the last word(?|)", List::getLast),
            new Task("(say|write|repeat|print|type) (this|the following) (twice|two times)" + TO + "{0}|(say|write|repeat|"
                    + "print) {0} (twice|two times)|(double|say twice|repeat two times)" + TO + "{0}",
                    "(now |and |)(twice|"
                            + "two times)|(now |)(say|write) it (twice|two times)",
                    words -> String.join(" ", words) + " " + String.join(" ", words)));

    private static final String IN_CASE = "(write|put|say|convert|change|turn|give me|print|transform|type) (this|the following|the) "
            + TEXT + "( in| to| into| using) %1$s" + TO + "{0}|(write|put|say|give me|print|type) ({0}|\"{0}\") in %1$s|"
            + "({0}|\"{0}\") in %1$s|%2$s" + TO + "{0}";
    private static final List<Task> CASES = List.of(
            new Task(String.format(IN_CASE, "(upper case|uppercase|capital letters|capitals|upper case letters|all caps|"
                    + "big letters)", "(uppercase|make upper case|capitalise all letters of|make it all caps)"), "",
                    words -> String.join(" ", words).toUpperCase(Locale.ROOT)),
            new Task(String.format(IN_CASE, "(lower case|lowercase|small letters|lower case letters)",
                    "(lowercase|make lower case)"), "", words -> String.join(" ", words).toLowerCase(Locale.ROOT)));
    private static final List<String> FAMILIAR = Stream.of("colours", "animals").flatMap(list -> Words.list(list).stream())
            .filter(word -> !word.contains(" ")).flatMap(word -> Stream.of(word, word.toUpperCase(Locale.ROOT))).toList();

    /** Tasks about two texts, the second in the instruction. */
    private record With(String imperatives, BiFunction<List<String>, String, String> result) {
    }

    private static final List<With> PAIRS = List.of(
            new With("(add|append|put|write|attach) (the word |)({1}|\"{1}\") (at|to) the end( of|)( this|)" + TO
                    + "{0}|(end|finish|close) (this|the following|the text) with {1}" + TO + "{0}|(append|add) {1} to" + TO
                    + "{0}",
                    (words, other) -> String.join(" ", words) + " " + other),
            new With("(add|put|write|insert|place) (the word |)({1}|\"{1}\") (at the (beginning|start|front)|in front)( of|"
                    + ")( this|)" + TO + "{0}|(begin|start) (this|the following|the text) with {1}" + TO
                    + "{0}|prepend {1} to" + TO + "{0}",
                    (words, other) -> other + " " + String.join(" ", words)));

    @Override
    public String name() {
        return "transform";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 9)) {
            case 0, 1, 2, 3 -> repeat(dialogue, source);
            case 4, 5, 6 -> words(dialogue, source);
            case 7 -> pair(dialogue, source);
            default -> inCase(dialogue, source);
        }
    }

    private static void repeat(Dialogue dialogue, Source source) {
        List<String> words = source.chance(0.3) ? List.of(sentence(source)) : someWords(1, 6, source);
        dialogue.user(TaskFrames.about(source, REPEAT.imperatives(), String.join(" ",
                words))).answer(REPEAT.result().apply(words));
        followUp(dialogue, List.of(String.join(" ", words).split(" ")), source);
    }

    private static void words(Dialogue dialogue, Source source) {
        Task task = source.pick(WORDS);
        List<String> words = someWords(2, task.later().isEmpty() ? 3 : 5, source);
        dialogue.user(TaskFrames.about(source, task.imperatives(), String.join(" ", words))).answer(task.result().apply(words));
    }

    private static void followUp(Dialogue dialogue, List<String> words, Source source) {
        if (words.size() > 1 && words.size() < 6 && source.chance(0.5)) {
            Task task = source.pick(source.pick(WORDS), REPEAT);
            if (!task.later().isEmpty()) {
                dialogue.user(TaskFrames.later(source, task.later())).answer(task.result().apply(words));
            }
        }
    }

    private static void pair(Dialogue dialogue, Source source) {
        With task = source.pick(PAIRS);
        List<String> words = someWords(1, 4, source);
        String other = word(source);
        dialogue.user(TaskFrames.about(source, task.imperatives(), String.join(" ", words),
                other)).answer(task.result().apply(words, other));
    }

    /** Tokens do not show their letters: the cases of a word can only be known. */
    private static void inCase(Dialogue dialogue, Source source) {
        Task task = source.pick(CASES);
        List<String> words = source.pickSome(FAMILIAR, source.between(1, 3));
        dialogue.user(TaskFrames.about(source, task.imperatives(), String.join(" ", words))).answer(task.result().apply(words));
    }

    /** Different words, known and invented ones. */
    static List<String> someWords(int least, int most, Source source) {
        List<String> words = new ArrayList<>();
        int count = source.between(least, most);
        while (words.size() < count) {
            String word = word(source);
            if (!words.contains(word)) {
                words.add(word);
            }
        }
        return words;
    }

    static String word(Source source) {
        return switch (source.between(0, 8)) {
            case 0, 1, 2 -> source.inventedWord();
            case 3 -> source.word("adjectives");
            case 4 -> source.firstName();
            case 5 -> source.word("animals").split(" ")[0];
            case 6 -> source.word("objects").split(" ")[0];
            default -> source.word("nouns").split(" ")[0];
        };
    }

    private static String sentence(Source source) {
        return source.owned(() -> source.chance(0.2) ? String.valueOf(source.between(10, 99_999))
                : source.pick(LabelSentences.review(source.pick(-1, 0, 1), source),
                        LabelSentences.topic(source.pick(LabelSentences.topics()), source),
                        source.say("(The|A|My) {0} (is|was) {1}(.|)", source.word("nouns"), source.word("adjectives")),
                        source.say("{0} (has|wants|needs|saw) {1} {2}s(.|)", source.firstName(), source.between(2, 99),
                                source.word("objects"))));
    }
}
