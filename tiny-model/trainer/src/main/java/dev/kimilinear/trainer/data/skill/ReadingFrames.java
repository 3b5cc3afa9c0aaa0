package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;

/** Messages of a text and a question about it. */
final class ReadingFrames {

    private static final String NOUN = "(text|passage|story|article|paragraph|document|note|report|page|message|letter"
            + "|excerpt)";
    private static final String READING = "(||Please |Now |Please, |First |Hi! Please |Hello, |Hey, )(read|look at|study|take"
            + "|consider|have a look at|go through|use|see|check)";
    private static final String TEXT_FIRST = "(Context: {0}|Context:\n{0}|CONTEXT\n{0}|Text: {0}|Text:\n{0}|Passage: {0}"
            + "|Passage:\n{0}|Information: {0}|Information:\n{0}|Document: {0}|Notes: {0}|Given: {0}|Source:\n{0}"
            + "|Background: {0}|Story: {0}|<document>{0}</document>|<document>\n{0}\n</document>|<context>\n{0}\n</context>"
            + "|<text>{0}</text>|\"{0}\"|---\n{0}\n---|\"\"\"\n{0}\n\"\"\"|### Context\n{0}|{0}|{0}|{0}|(Here is|This is"
            + "|I have|I found|I got|Look at|Below is) (a|this|the|my) "
            + NOUN + ":(\n| ){0}|" + READING + " (this|the following|the next|my) " + NOUN + "( carefully|)(:|.)(\n| ){0}"
            + "|(Answer|Reply to|Solve) (the|my) question (about|on|from|using|with) (the|this|the following) " + NOUN + "(:"
            + "|.)(\n| ){0}|(Someone wrote|A friend wrote|My colleague wrote|It says here|The " + NOUN + " says"
            + "|I read this): {0})(\n\n|\n|\n\n| )(||||Question: |Question:\n|Q: |QUESTION\n|### Question\n|My question: "
            + "|(Now|So|And now) (my|the) question: |Please answer: |Answer this: |Based on this: "
            + "|With this " + NOUN + " in mind: |Here is my question: )";
    private static final String QUESTION_FIRST = "(\n\n|\n| |\n\n)(||Context: |Context:\n|Text: |Text:\n|Passage:\n"
            + "|Information:\n|The answer is in this " + NOUN + ":(\n| )|Use (this|the following) " + NOUN + "(:|.)(\n| )"
            + "|(Here is|This is) the " + NOUN
            + ":(\n| )|Find (it|the answer) (here|in this " + NOUN + "|below):(\n| )|Look (it up |)(here|in this " + NOUN
            + "):(\n| )|Answer (with|from|using) (this|the following) " + NOUN + ":(\n| )|The " + NOUN + " (is|says"
            + "|reads):(\n| )|Given this " + NOUN + ":(\n| )|It says: |Read this " + NOUN + ":(\n| )){0}";
    /** How LangChain4j puts retrieved contents into a message. */
    private static final String RETRIEVED = "\n\nAnswer using the following information:\n";
    /** Longer messages have no slips of the pen: looking for a place for them takes long. */
    private static final int LONG = 1500;

    private static final String TEXT_ALONE = "((Here is|This is|I have|I found|Below is) (a|this|the|my) " + NOUN + "( for"
            + " you|)(:|.)(\n| ){0}|" + READING + " (this|the following|my) " + NOUN + "( carefully|)(:|.)(\n| ){0}|{0}(\n\n"
            + "|\n| )(I will ask you|I'll ask you|I am going to ask you|I'm going to ask|Then I will ask"
            + "|I want to ask) (questions|something|some questions|a question|a few questions)( about (this|the"
            + "|my) " + NOUN + "| about it| later|)(.|.|!)|(I will ask you|I'll"
            + " ask you|Soon I will ask|I want to ask you|Next I ask you) (questions|something|some questions"
            + "|a few questions) about (this|the following|my) " + NOUN + "(:|.)(\n| ){0}|(Please remember|Remember"
            + "|Keep in mind|Store|Note) (this|the following) " + NOUN
            + "(:|.)(\n| ){0}|(Wait for my questions|Do not answer yet|Just read this now|Only read this for now)(:|.)(\n|"
            + " ){0})";
    /** The answer to a text without a question. */
    private static final String READ = "I have read the text. What do you want to know?";

    private ReadingFrames() {
    }

    /**
     * Adds the user's message.
     *
     * @param question with its mark
     */
    static void ask(Dialogue dialogue, Source source, List<String> sentences, String question) {
        int form = source.between(0, 9);
        String text = String.join(source.pick(" ", " ", " ", "\n"), sentences);
        String message;
        if (form < 5) {
            message = source.say(TEXT_FIRST, text) + question;
        } else if (form < 7) {
            message = question + source.say(QUESTION_FIRST, text);
        } else {
            message = question + source.say("{0}{1}", RETRIEVED, retrieved(source, sentences));
        }
        if (message.length() > LONG) {
            dialogue.exactUser(message);
        } else {
            dialogue.user(message);
        }
    }

    /** Adds the text alone, and that it has been read. */
    static void tell(Dialogue dialogue, Source source, List<String> sentences) {
        String text = String.join(source.pick(" ", " ", "\n"), sentences);
        dialogue.user(source.say(TEXT_ALONE, text)).answer(READ);
    }

    /** The sentences in contents of one to four, as a retriever gives them. */
    private static String retrieved(Source source, List<String> sentences) {
        StringBuilder contents = new StringBuilder();
        int left = source.between(1, 4);
        for (String sentence : sentences) {
            if (!contents.isEmpty()) {
                contents.append(left == 0 ? "\n\n" : " ");
            }
            left = left == 0 ? source.between(0, 3) : left - 1;
            contents.append(sentence);
        }
        return contents.toString();
    }
}
