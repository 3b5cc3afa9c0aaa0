package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.FactKind.Fact;

/**
 * Summarising a text in one sentence, or giving it a title: the text tells one event (somebody opened, won, found, lost ...
 * something) among details of weather, looks and feelings, and the event is the summary.
 */
public final class Summary implements Skill {

    private static final List<FactKind> EVENTS = FactKind.read("summary-events", Framing.WRITTEN);
    private static final String DETAILS = String.join("|", Words.list("summary-details"));
    private static final String PERSONAL_DETAILS = String.join("|", Words.list("summary-details-personal"));
    private static final double TITLE = 0.2;

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
    private static final String TITLE_NOUN = "(title|headline|heading)";
    private static final String TITLE_ORDER = POLITE + "((give|find|write|make|suggest|invent|create|choose)( me|) (a|the|a"
            + " short|a good|a fitting|a nice|a suitable|one) " + TITLE_NOUN + "( for " + THIS + NOUN + "| for this| for it|)"
            + "|give (it|this|" + THIS
            + NOUN + ") a( short| good| fitting| nice|) (" + TITLE_NOUN + "|name)|(find|think of|come up with|put) a"
            + " " + TITLE_NOUN
            + "( for " + THIS + NOUN + "| above it|)|(title|name|entitle) (this|" + THIS + NOUN + "))";
    private static final String TITLE_QUESTION = "(|||Hi! |Hello, |So, |OK, |Now: |Quick question: )((what|which) " + TITLE_NOUN
            + " (would you give( it| this|)|fits( here| this| best|)|should (it|" + THIS + NOUN + ") have|suits it)|(what is"
            + "|what's|what would be) a (good|fitting|nice|suitable|short) " + TITLE_NOUN + "( for " + THIS + NOUN + "|"
            + " for this| here|)|how (would|could) you (title|call) " + THIS + NOUN + "|(do you have|can I have|can I get"
            + "|may I have) a " + TITLE_NOUN
            + "( for " + THIS + NOUN + "| for this|))";
    private static final String TITLE_KEYWORD = "(Title|Headline|Heading|Short title|Title please|A title|Title for this|A"
            + " headline|Title of the text|Good title)";
    private static final String TITLE_REQUEST = "(" + TITLE_ORDER + "(:|:|.)(\n| "
            + "|\n\n)" + TEXT + "|" + TITLE_QUESTION + "?(\n| |\n\n)"
            + TEXT + "|" + TITLE_KEYWORD + "(:|:|?|)(\n| |\n\n)" + TEXT + "|" + TEXT + "(\n| |\n\n|\n)(" + TITLE_ORDER
            + "(.|.|, please.|!)|" + TITLE_QUESTION + "?|" + TITLE_KEYWORD + "(|:|.|?|, please.)))";
    /** The other request on the same text. */
    private static final String THEN_SUMMARY = "(|||And |Now |Then |OK, now )(" + ORDER + "(.|.|, please.|!)"
            + "|" + QUESTION + "?)";
    private static final String THEN_TITLE = "(|||And |Now |Then |OK, now )(" + TITLE_ORDER + "(.|.|, please.|!)"
            + "|" + TITLE_QUESTION + "?)";

    @Override
    public String name() {
        return "summary";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        Fact event = source.pick(EVENTS).draw(new Contents(source, 0));
        boolean title = source.chance(TITLE);
        String request = source.say(title ? TITLE_REQUEST : REQUEST, text(event, source));
        dialogue.user(Asking.capitalised(request)).answer(answer(event, title));
        if (source.chance(0.15)) {
            dialogue.user(Asking.capitalised(source.say(title ? THEN_SUMMARY : THEN_TITLE))).answer(answer(event, !title));
        }
    }

    private static String answer(Fact event, boolean title) {
        return Words.capitalise(event.answer(event.kind().asks().get(title ? 1 : 0)));
    }

    /** The event at the beginning, in the middle or at the end of three to eight details. */
    private static String text(Fact event, Source source) {
        boolean person = event.kind().slots().getFirst().kind().equals("name");
        Contents contents = new Contents(source, 0);
        String name = event.values().getFirst();
        String pronoun = source.pick("He", "She");
        int details = source.between(3, 8);
        int at = source.pick(0, 0, source.between(1, details - 1), details);
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i <= details; i++) {
            if (i == at) {
                sentences.add(Words.capitalise(event.say(event.kind().statements() + ".", source)));
            }
            if (i < details) {
                boolean personal = person && source.chance(0.6);
                String called = i < at || sentences.isEmpty() || source.chance(0.3) ? name : pronoun;
                sentences.add(Words.capitalise(contents.fill(personal ? source.say(PERSONAL_DETAILS, name, called)
                        : source.say(DETAILS))));
            }
        }
        return String.join(" ", sentences);
    }
}
