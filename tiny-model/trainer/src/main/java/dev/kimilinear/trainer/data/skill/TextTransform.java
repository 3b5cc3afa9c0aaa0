package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Does something to a short text: repeats it, changes its case, names its first or last word, reverses or counts its words. */
public final class TextTransform implements Skill {

    /**
     * A task about some words.
     *
     * @param imperatives a pattern of instructions with the words at {@code {0}}
     */
    private record Task(String imperatives, Function<List<String>, String> result) {
    }

    private static final String TEXT = "(text|words|sentence|phrase|following|following text|following words)";
    private static final String TO = "(: |: |:\n| - )";
    private static final String BACKWARDS = "(backwards|in reverse|in reverse order|the other way round|from back to front|"
            + "reversed)";

    private static final Task REPEAT = new Task("(repeat|echo|copy|say|write|print|repeat back)( after me| exactly| word for"
            + " word| (this|the following)( text| sentence| words| exactly|)| what I say|)" + TO + "{0}|"
            + "(say|repeat|write|answer|print) (only|just|exactly|nothing but) {0}|"
            + "(say|write|answer|reply with|respond with) {0} and (nothing else|nothing more)|(say|repeat) {0}|"
            + "(say|repeat|print) (the (word|words|text) |)(\"{0}\"|'{0}')"
            + "|(answer|reply|respond)( only| just|) with( the (words|text)|)( |: ){0}|"
            + "say the following after me" + TO + "{0}", words -> String.join(" ", words));
    private static final Task REVERSE = new Task("(reverse|turn around|flip) the (order of the (following |)words|word order|"
            + "words)( in| of|)( this| the following|)( text| sentence|)" + TO + "{0}|(say|write|repeat|give me|print) (these|"
            + "the|the following) words " + BACKWARDS + TO + "{0}|(write|say) {0} with the words " + BACKWARDS
            + "|reverse the words( of|) {0}", words -> String.join(" ", words.reversed()));
    private static final Task COUNT = new Task("(count|tell me the number of|give me the number of) (the |)words( in|"
            + " of)( this| the following|)( text| sentence| list|)" + TO + "{0}|(count the words|word count)" + TO
            + "{0}|(tell me |)how many words (are in|are there in|has|does this have)(:| this:| the following text:) {0}",
            words -> String.valueOf(words.size()));
    private static final Task FIRST = new Task(end("first", "comes first|is at the beginning"), List::getFirst);
    private static final Task LAST = new Task(end("last", "comes last|is at the end"), List::getLast);
    private static final Task UPPER = new Task(inCase("(upper case|uppercase|capital letters|capitals|upper case letters|"
            + "all caps)", "(uppercase|convert to upper case)"),
            words -> String.join(" ", words).toUpperCase(Locale.ROOT));
    private static final Task LOWER = new Task(inCase("(lower case|lowercase|small letters|lower case letters)",
            "(lowercase|convert to lower case)"), words -> String.join(" ", words).toLowerCase(Locale.ROOT));

    private static final String AGAIN = "(And|Now|And now|Now this|What about|How about|The same with|The same for|Next|"
            + "Next one|One more|Another one|And this|Then)(: |: | )";
    private static final int SHORT = 5;
    /** Short words that people use every day: tokens do not show their letters, so the cases of a word must be known. */
    private static final List<String> FAMILIAR = Stream.concat(Stream.of("hello", "world", "java", "test", "thanks"),
            Words.list("common").stream().filter(word -> word.matches("[a-z]{1," + SHORT + "}"))).toList();
    private static final double INVENTED = 0.12;
    private static final double IN_SHORT = 0.6;

    private static String end(String which, String place) {
        return ("(give me|tell me|say|write|name|take|find) (only |just |)the %1$s word( of| in|)( this list|"
                + " this text| the following|)" + TO + "{0}|(which|what) is the %1$s word( of| in)(| this text)" + TO + "{0}|"
                + "(which|what) word (%2$s)" + TO + "{0}|%1$s word" + TO + "{0}|what is the %1$s word of (\"{0}\"|{0})(?|)")
                .formatted(which, place);
    }

    private static String inCase(String letters, String verbs) {
        return ("(write|put|say|convert|change|turn|print) (this|the following|the) " + TEXT + "( in| to| into) %1$s" + TO
                + "{0}|(write|put|say|give me|print) ({0}|\"{0}\") in %1$s|({0}|\"{0}\") in %1$s|%2$s" + TO + "{0}")
                .formatted(letters, verbs);
    }

    @Override
    public String name() {
        return "transform";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Task task = switch (source.between(0, 19)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> REPEAT;
            case 8, 9 -> UPPER;
            case 10, 11 -> LOWER;
            case 12, 13 -> FIRST;
            case 14, 15 -> LAST;
            case 16, 17 -> REVERSE;
            default -> COUNT;
        };
        int texts = source.pick(1, 2, 2, 3, 3);
        for (int i = 0; i < texts; i++) {
            List<String> words = text(task, source);
            String said = String.join(task == COUNT ? source.pick(" ", ", ") : " ", words);
            dialogue.user(i > 0 && source.chance(IN_SHORT) ? source.say(AGAIN + "{0}", said)
                    : TaskFrames.about(source, task.imperatives(), said)).answer(task.result().apply(words));
        }
    }

    private static List<String> text(Task task, Source source) {
        if (task == REPEAT) {
            return source.chance(0.4) ? List.of(sentence(source).split(" ")) : someWords(1, 5, source);
        }
        if (task == UPPER || task == LOWER) {
            List<String> words = source.pickSome(FAMILIAR, source.pick(1, 1, 2));
            return task == UPPER ? words : words.stream().map(word -> word.toUpperCase(Locale.ROOT)).toList();
        }
        return someWords(2, task == REVERSE ? 4 : 5, source);
    }

    /** Different words, mostly known ones. */
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

    /** A word, mostly a known one. */
    static String word(Source source) {
        if (source.chance(INVENTED)) {
            return source.inventedWord();
        }
        return switch (source.between(0, 5)) {
            case 0 -> source.word("adjectives");
            case 1 -> source.word("colours");
            case 2 -> source.firstName();
            case 3 -> source.word("animals").split(" ")[0];
            case 4 -> source.word("objects").split(" ")[0];
            default -> source.word("nouns");
        };
    }

    /** A sentence of up to five words. */
    private static String sentence(Source source) {
        return source.owned(() -> Dialogue.withoutMarks(source.say(
                "(The|A|My) {0} (is|was) {1}(.|)|{2} (has|likes|needs|saw) (the|a|my) {3}(.|)|"
                        + "(I|We) (like|have|need|want) (the|this|my) {3}(.|!|)|(Hello|Good morning|Goodbye), {2}(!|.|)|"
                        + "My name is {2}(.|)|{2} is (here|happy|tired|late|at home)(.|!|)|This is (my|the) {3}(.|)",
                source.word("nouns"), source.word("adjectives"), source.firstName(), source.word("objects"))));
    }
}
