package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * Summarising a short text in one sentence: the text tells one event (somebody opened, won, found, lost ... something) and
 * then some details. The summary is its first sentence, word for word.
 */
public final class Summary implements Skill {

    /** Events about a person begin so. */
    private static final String PERSON = "[name]";
    private static final String EVENTS = "(" + String.join("|", Words.list("summary-events"))
            + ")(||||| yesterday| last week| last year| on [weekday]).";
    private static final String DETAILS = String.join("|", Words.list("summary-details"));
    private static final String PERSONAL_DETAILS = String.join("|", Words.list("summary-details-personal"));

    private static final String NOUN = "(text|paragraph|story|passage|article|report|note|news|message)";
    private static final String THIS = "(this|the|this short|the following|my|that|this little) ";
    private static final String POLITE = "(||||Please |please |Can you |Could you |Would you |Can you please |Could you"
            + " please |I want you to |I'd like you to |I need you to |Kindly |Hi, |Hello! Please |Hey, can you |You should "
            + "|Your task: |Task: )";
    private static final String SHORTLY = "(| in one sentence| in a single sentence| briefly| shortly| in short| in a few words"
            + "| for me| as short as possible| in 1 sentence| in one short sentence| with one sentence| very briefly)";
    /** An order that has its text behind it. */
    private static final String ORDER = POLITE + "((summarise|summarize|sum up|shorten|condense|compress|reduce|boil down) "
            + "(" + THIS + NOUN + "|this|it|what follows|the following)" + SHORTLY
            + "|(give|write|make|create|produce|tell|provide)( me|) (a|the|a short|a brief|a one sentence|a one-sentence)"
            + " (summary|gist|main point|overview)( of " + THIS + NOUN + "| of this| of it|)"
            + "|(give|tell)( me|) the (gist|main point|main event|core|key message|most important thing|main idea|essence)("
            + " of " + THIS
            + NOUN + "| here| of this|)|(tell me|say|write|name|find) (in one sentence |briefly |shortly |in short |)(what"
            + " happened|what this is about|what " + THIS + NOUN + " (is about|says|tells)|what the main event (is|was)"
            + "|the most important thing|what is important here|the main event)|(keep|find|pick out) (only "
            + "|)the (most important|main) (point|event|thing|part))";
    private static final String QUESTION = "(|||Hi! |Hello, |So, |OK, |Now: |Quick question: )(in (one sentence|short|a few"
            + " words|brief|a nutshell)(:|,|) (what happened|what is this about|what is it about"
            + "|what is " + THIS + NOUN + " about)|what"
            + " happened( here| in short| exactly|)|what is (the gist|the main point|the main event|the main idea|the core"
            + "|the most important thing|the key message|the summary)( of " + THIS + NOUN + "| of this| here|)"
            + "|what is " + THIS + NOUN + " about"
            + "|what's (this|it|the story|the news) about|what does " + THIS + NOUN + " (say|tell)(| in short"
            + "| in one sentence)|(what's|what is) the short version|what happens in " + THIS + NOUN + "|how would you"
            + " (summarise|sum up) " + THIS + NOUN + "|(can|could)"
            + " you (summarise|summarize|sum up|shorten) (this|it|" + THIS + NOUN + ")" + SHORTLY + ")";
    private static final String KEYWORD = "(tl;dr|TL;DR|tldr|Summary|Short summary|In short|In one sentence|Gist|The gist"
            + "|Summary please|Summarise|Summarize|Sum up|Sum it up|Short version|Main event|One sentence summary|Brief"
            + " summary|Shorten|Summary in one sentence|In brief|Main point|Briefly|Short form|Summary of the text)";
    private static final String TEXT = "({0}|{0}|{0}|\"{0}\"|Text: {0}|<text>{0}</text>|---\n{0}\n---|\"\"\"\n{0}\n\"\"\")";
    private static final String REQUEST = "(" + ORDER + "(:|.|:|:)(\n| |\n\n)" + TEXT + "|" + QUESTION + "?(\n| "
            + "|\n\n)" + TEXT + "|"
            + KEYWORD + "(:|:|:|,|)(\n| |\n\n)" + TEXT + "|" + TEXT + "(\n| |\n\n|\n)(" + ORDER + "(.|.|, please.|!)"
            + "|" + QUESTION + "?|"
            + KEYWORD + "(|:|.|?|, please.| please)))";

    @Override
    public String name() {
        return "summary";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        List<String> sentences = sentences(source);
        dialogue.user(Asking.capitalised(source.say(REQUEST, String.join(" ", sentences)))).answer(sentences.getFirst());
    }

    /** The event and two or three details. */
    private static List<String> sentences(Source source) {
        Contents contents = new Contents(source);
        String event = source.say(EVENTS);
        boolean personal = event.startsWith(PERSON);
        String pronoun = source.pick("He", "She");
        int count = source.between(3, 4);
        List<String> sentences = new ArrayList<>();
        sentences.add(contents.fill(event));
        while (sentences.size() < count) {
            String detail = personal && source.chance(0.5) ? source.say(PERSONAL_DETAILS, pronoun) : source.say(DETAILS);
            sentences.add(Words.capitalise(contents.fill(detail)));
        }
        return sentences;
    }
}
