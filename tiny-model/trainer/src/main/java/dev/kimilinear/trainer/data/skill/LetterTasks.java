package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Tasks about the letters of one word. */
final class LetterTasks {

    /**
     * A task.
     *
     * @param imperatives a pattern of instructions with the word at {@code {0}}
     * @param later a pattern of instructions that follow another task about the same word
     * @param most letters that the word may have
     */
    private record Task(String imperatives, String later, int most, UnaryOperator<String> result) {
    }

    private static final String WORD = "({0}|\"{0}\"|'{0}'|the word {0}|the word \"{0}\")";
    private static final String LATER = "(now |and |and now |)";
    private static final List<Task> TASKS = List.of(
            new Task("(write|put|say|convert|change|give me|print) " + WORD + " (in|to|in all) (upper case|uppercase|"
                    + "capital letters|capitals|big letters)|(uppercase|capitalise every letter of) " + WORD
                    + "|(what is|how do you write) " + WORD + " in (upper case|capitals)(?|)|" + WORD + " in (upper case|"
                    + "capital letters|capitals|uppercase)", LATER + "in (upper case|capitals|capital letters|uppercase)", 12,
                    word -> word.toUpperCase(Locale.ROOT)),
            new Task("(write|put|say|convert|change|give me|print) " + WORD + " (in|to|in all) (lower case|lowercase|"
                    + "small letters)|lowercase " + WORD + "|(what is|how do you write) " + WORD
                    + " in (lower case|small letters)(?|)|" + WORD + " in (lower case|small letters|lowercase)",
                    LATER
                            + "in (lower case|small letters|lowercase)",
                    12, word -> word.toLowerCase(Locale.ROOT)),
            new Task("(capitalise|capitalize) " + WORD + "|(write|put|say) " + WORD + " with (a|one) (capital|"
                    + "capital letter|big first letter)|(start|begin|write) " + WORD + " with a capital( letter|)|"
                    + "make the first letter of " + WORD
                    + " (a capital|big|upper case)", LATER + "with a capital( letter|)", 12, Words::capitalise),
            new Task("(reverse|turn around|mirror|invert) (the letters of |)" + WORD + "|(write|spell|say|give me|"
                    + "print|type) " + WORD + " (backwards|in reverse|from back to front|reversed|the other way round)|"
                    + "(what is|how do you spell) "
                    + WORD + " (backwards|spelled backwards|in reverse)(?|)|" + WORD + " backwards",
                    LATER
                            + "(backwards|in reverse|reversed)",
                    6, word -> new StringBuilder(word).reverse().toString()),
            new Task("(spell|spell out|write|say) " + WORD + " (with hyphens|letter by letter|with dashes|"
                    + "with hyphens between the letters|with a hyphen between the letters)|spell " + WORD
                    + "|(put|write) (hyphens|a hyphen) between the letters of " + WORD
                    + "|(how do you|how would you) spell " + WORD + "(?|)|" + WORD + " (letter by letter|spelled)",
                    LATER
                            + "(letter by letter|spelled|spell it|spelled with hyphens)",
                    9, word -> String.join("-", word.split(""))),
            new Task("(give me|tell me|say|write|name|find) (only |)the first letter (of|in) " + WORD
                    + "|(what|which) is the first letter (of|in) " + WORD + "(?|)|(what|which) letter does " + WORD
                    + " (start|begin) with(?|)|(with |)(what|which) letter (starts|begins) " + WORD
                    + "(?|)|first letter of " + WORD, LATER + "(only |just |)the first letter", 12,
                    word -> word.substring(0,
                            1)),
            new Task("(give me|tell me|say|write|name|find) (only |)the last letter (of|in) " + WORD
                    + "|(what|which) is the last letter (of|in) " + WORD + "(?|)|(what|which) letter does " + WORD
                    + " end with(?|)|(what|which) letter is at the end of " + WORD
                    + "(?|)|last letter of " + WORD, LATER + "(only |just |)the last letter", 12,
                    word -> word.substring(word.length() - 1)),
            new Task("(count|tell me the number of|give me the number of) (the |)letters (in|of) " + WORD
                    + "|(tell me |)how many letters (are in|are there in|has|does) " + WORD + "( have|)(?|)|(how long is|"
                    + "what is the length of) " + WORD + "(?|)|length of " + WORD,
                    LATER + "(the number of letters|how many letters has it(?|)|count the letters)", 8,
                    word -> String.valueOf(word.length())),
            new Task("(say|write|repeat|print|type) " + WORD + " (twice|two times)|double " + WORD
                    + "|(say|write) the word {0} and then {0} again", LATER + "(twice|two times)", 12,
                    word -> word + " "
                            + word),
            new Task("(quote|put quotes around|put quotation marks around|wrap in quotes:) {0}|(put|write|say) (the word |"
                    + "){0} (in|within|between) (quotes|quotation marks|double quotes)",
                    LATER
                            + "in (quotes|quotation marks)",
                    12, word -> '"' + word + '"'),
            new Task("(give me|tell me|say|write|name|find|form|build) the plural (form |)of " + WORD
                    + "|(what|which) is the plural of " + WORD + "(?|)|(put|write) " + WORD + " in(to|) (the |)plural|"
                    + "(what do you call|how do you say) (two|many|several) of {0}(?|)|plural of "
                    + WORD, "", 0, LetterTasks::plural),
            new Task("(say|write|repeat|answer|output|print|type|answer with|reply with)( only| just|) " + WORD
                    + "( and nothing (else|more)|, nothing else| only|, only this word|)|(use|"
                    + "answer in) one word only: {0}|say {0}", LATER + "(say it again|once more|again)", 12, word -> word));

    /** Nouns whose plural is not regular, or that have none. */
    private static final Pattern IRREGULAR = Pattern.compile(".*(s|f|fe|o|mouse|man|oot|ooth|child|goose|foot|ing|ware|"
            + "[^aeiou]ium|fish|sheep)");

    private LetterTasks() {
    }

    static void write(Dialogue dialogue, Source source) {
        Task task = source.pick(TASKS);
        String word = word(task.most(), source);
        dialogue.user(TaskFrames.ask(source, task.imperatives(), word)).answer(task.result().apply(word));
        if (task.later().isEmpty()) {
            return;
        }
        int more = source.pick(0, 0, 0, 1, 1, 2);
        for (int i = 0; i < more; i++) {
            Task next = source.pick(TASKS);
            if (!next.later().isEmpty() && word.length() <= next.most()) {
                dialogue.user(TaskFrames.later(source, next.later())).answer(next.result().apply(word));
            }
        }
    }

    /** A word of so many letters at most, or one with a regular plural if 0. */
    private static String word(int most, Source source) {
        if (most == 0) {
            return source.owned(() -> regular(source));
        }
        String word = TextTransform.word(source);
        while (word.length() < 3 || word.length() > most) {
            word = TextTransform.word(source);
        }
        return word;
    }

    private static String regular(Source source) {
        String noun = source.chance(0.4) ? source.inventedWord() : source.word(source.pick("objects", "products"));
        while (IRREGULAR.matcher(noun).matches()) {
            noun = source.inventedWord();
        }
        return noun;
    }

    /** The plural of a noun, as if it were a regular one. */
    static String plural(String noun) {
        if (noun.matches(".*(s|x|z|ch|sh)")) {
            return noun + "es";
        }
        return noun.matches(".*[^aeiou]y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
    }
}
