package dev.kimilinear.trainer.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.trainer.evaluation.Answering.Question;

/** An evaluation as a page of Markdown: tables, wrong answers, whole conversations. */
public final class Report {

    private static final int SHOWN = 20;
    private static final int SHOWN_WRONG = 5;

    private final StringBuilder text = new StringBuilder();

    private Report() {
    }

    /** The tables alone. */
    public static String tables(Evaluation evaluation) {
        Report report = new Report();
        report.addTables(evaluation);
        return report.text.toString();
    }

    /** Tables, wrong answers to people's words, and twenty held-out conversations as they came. */
    public static String page(Evaluation evaluation) {
        Report report = new Report();
        report.text.append("# Evaluation\n\n");
        report.addTables(evaluation);
        report.addNames(evaluation.blind().failed());
        report.addFailed(evaluation.development().failed());
        report.addConversations(evaluation.answers());
        return report.text.toString();
    }

    private void addTables(Evaluation evaluation) {
        table("Held-out questions, greedy, exact", "Skill", evaluation.skills());
        table("A sentence in a long text, greedy, exact", "Tokens", evaluation.needles());
        text.append("## The capital of every country, greedy, exact\n\n").append(evaluation.capitals().total());
        evaluation.capitals().scores().forEach((country, score) -> text.append(score.right() < score.all() ? "; not " : "")
                .append(score.right() < score.all() ? country : ""));
        text.append("\n\n");
        table("Conversations in people's words", "Skill", evaluation.blind().tally());
        table("Conversations in people's words that the data was improved by", "Skill", evaluation.development().tally());
    }

    private void table(String title, String kind, Tally tally) {
        text.append("## ").append(title).append("\n\n| ").append(kind).append(" | right | of | % |\n|---|---|---|---|\n");
        tally.scores().forEach(this::row);
        row("all", tally.total());
        text.append('\n');
    }

    private void row(String name, Tally.Score score) {
        text.append(String.format(Locale.ROOT, "| %s | %d | %d | %.1f |\n", name, score.right(), score.all(), score.percent()));
    }

    /** By name only: the set stays blind. */
    private void addNames(List<Evaluation.Failed> failed) {
        text.append("## Wrong answers to people's words\n\n")
                .append(String.join(", ", failed.stream().map(one -> one.paraphrase().id()).toList())).append("\n\n");
    }

    private void addFailed(List<Evaluation.Failed> failed) {
        text.append("## Wrong answers to people's words that the data was improved by\n");
        for (Evaluation.Failed one : failed) {
            text.append("\n### ").append(one.paraphrase().id()).append("\n\n```\n");
            addQuestion(one.paraphrase().question());
            text.append("assistant: ").append(one.said()).append("\n```\n");
        }
        text.append('\n');
    }

    /** Evenly over all skills; some of the wrong ones, if there are any. */
    private void addConversations(List<HeldOut.Answer> answers) {
        List<HeldOut.Answer> shown = new ArrayList<>(
                spread(answers.stream().filter(answer -> !answer.isRight()).toList(), SHOWN_WRONG));
        shown.addAll(spread(answers.stream().filter(HeldOut.Answer::isRight).toList(), SHOWN - shown.size()));
        text.append("## Held-out conversations, unedited\n");
        for (HeldOut.Answer answer : shown) {
            text.append("\n### ").append(answer.skill()).append(answer.isRight() ? ", right" : ", wrong").append("\n\n```\n");
            addQuestion(answer.question());
            text.append("assistant: ").append(answer.said()).append('\n');
            if (!answer.isRight()) {
                text.append("expected:  ").append(answer.expected()).append('\n');
            }
            text.append("```\n");
        }
    }

    private static <T> List<T> spread(List<T> all, int count) {
        List<T> some = new ArrayList<>();
        int n = Math.min(count, all.size());
        for (int i = 0; i < n; i++) {
            some.add(all.get((int) ((long) i * all.size() / n)));
        }
        return some;
    }

    private void addQuestion(Question question) {
        question.tools().forEach(tool -> text.append("tool: ").append(tool.name()).append(' ')
                .append(tool.parametersJsonSchema()).append('\n'));
        for (ChatTurn turn : question.turns()) {
            text.append(turn.role().name().toLowerCase(Locale.ROOT)).append(": ").append(turn.content());
            turn.toolCalls().forEach(call -> text.append(call.id()).append(call.argumentsJson()));
            text.append('\n');
        }
    }
}
