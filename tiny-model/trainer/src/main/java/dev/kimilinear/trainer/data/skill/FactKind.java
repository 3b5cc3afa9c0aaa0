package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * A kind of fact, read from a list: how it is told, what may be asked about it, and the answers. A line with {@code =} begins
 * a kind and names its contents, separated by {@code ;} ({@code !} behind one: it may change; {@code a}: the one before with
 * its article). The lines below, by their first character: {@code .} a way to tell it, {@code ^} a way to tell its change,
 * {@code &} a way to tell it after a sentence about the same person, {@code >} an answer, to which belong {@code ?} direct
 * questions, {@code ~} indirect ones, {@code :} things asked for and {@code %} checks whether something is so. Behind an
 * answer and {@code |} may stand what its questions are about.
 *
 * @param statements clauses that tell it
 * @param changes clauses that tell another value, empty if there are none of its own
 * @param continuations predicates without their subject, empty if there are none
 */
record FactKind(List<Slot> slots, String statements, String changes, String continuations, List<Ask> asks) {

    private static final String ARTICLE = "a";

    /** A content. */
    record Slot(String kind, boolean changes) {
    }

    /**
     * Something to ask.
     *
     * @param topic what is asked, empty if it is all in the answer but what may change
     * @param question all wordings
     * @param check wordings of the question whether it is so, empty if there are none
     */
    record Ask(String answer, String topic, String question, String check) {
    }

    /** The kinds of a list. */
    static List<FactKind> read(String list, Framing framing) {
        List<FactKind> kinds = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : Words.list(list)) {
            if (line.startsWith("=") && !block.isEmpty()) {
                kinds.add(ofBlock(block, framing));
                block.clear();
            }
            block.add(line);
        }
        kinds.add(ofBlock(block, framing));
        return List.copyOf(kinds);
    }

    private static FactKind ofBlock(List<String> lines, Framing framing) {
        List<Slot> slots = new ArrayList<>();
        for (String slot : lines.getFirst().substring(1).split(";")) {
            String kind = slot.strip();
            boolean changes = kind.equals(ARTICLE) ? slots.getLast().changes : kind.endsWith("!");
            slots.add(new Slot(kind.endsWith("!") ? kind.substring(0, kind.length() - 1) : kind, changes));
        }
        List<Ask> asks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(">")) {
                int end = i + 1;
                while (end < lines.size() && !lines.get(end).startsWith(">")) {
                    end++;
                }
                asks.add(ask(lines.subList(i, end), framing));
            }
        }
        return new FactKind(slots, alternatives(lines, '.'), alternatives(lines, '^'),
                alternatives(lines, '&'), asks);
    }

    private static Ask ask(List<String> lines, Framing framing) {
        String question = alternatives(lines, '?');
        String clause = alternatives(lines, '~');
        String thing = alternatives(lines, ':');
        String check = alternatives(lines, '%');
        List<String> parts = new ArrayList<>();
        if (!question.isEmpty()) {
            parts.add(framing.question(question));
            parts.add(framing.question(question));
        }
        if (!clause.isEmpty()) {
            parts.add(framing.clause(clause));
        }
        if (!thing.isEmpty()) {
            parts.add(framing.thing(thing));
        }
        String[] answer = lines.getFirst().substring(1).split("\\|");
        return new Ask(answer[0].strip(), answer.length > 1 ? answer[1].strip() : "", String.join("|", parts),
                check.isEmpty() ? "" : framing.check(check));
    }

    private static String alternatives(List<String> lines, char sign) {
        List<String> texts = lines.stream().filter(line -> line.charAt(0) == sign)
                .map(line -> line.substring(1).strip()).toList();
        return texts.isEmpty() ? "" : "(" + String.join("|", texts) + ")";
    }

    /** A fact of this kind, its contents all different. */
    Fact draw(Contents contents) {
        List<String> values;
        do {
            values = values(contents, null);
        } while (values.stream().distinct().count() < values.size());
        return new Fact(this, values);
    }

    private List<String> values(Contents contents, Fact before) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            if (slot.kind.equals(ARTICLE)) {
                values.add(Contents.withArticle(values.getLast()));
            } else if (before != null && !slot.changes) {
                values.add(before.values.get(i));
            } else {
                values.add(contents.draw(slot.kind));
            }
        }
        return values;
    }

    /** A fact with its contents. */
    record Fact(FactKind kind, List<String> values) {

        /** Whether another value can take the place of this one. */
        boolean changes() {
            return kind.slots.stream().anyMatch(Slot::changes);
        }

        /** The fact with other contents where it may change. */
        Fact changed(Contents contents) {
            Fact other;
            do {
                other = new Fact(kind, kind.values(contents, this));
            } while (other.values.equals(values));
            return other;
        }

        /** The fact with all contents in lower case. */
        Fact inLowerCase() {
            return new Fact(kind, values.stream().map(value -> value.toLowerCase(Locale.ROOT)).toList());
        }

        /** The content that may change: the first of them. */
        String value() {
            for (int i = 0; i < values.size(); i++) {
                if (kind.slots.get(i).changes) {
                    return values.get(i);
                }
            }
            return values.getLast();
        }

        /** A pattern with the contents in its places. */
        String say(String pattern, Source source) {
            return source.say(pattern, values.toArray());
        }

        /** The answer to a question. */
        String answer(Ask ask) {
            return fill(ask.answer, false);
        }

        /** What is asked: facts with the same topic contradict each other. */
        String topic(Ask ask) {
            return ask.topic.isEmpty() ? fill(ask.answer, true) : fill(ask.topic, false);
        }

        /** What all its questions are about. */
        List<String> topics() {
            return kind.asks.stream().map(this::topic).toList();
        }

        private String fill(String text, boolean open) {
            String filled = text;
            for (int i = 0; i < values.size(); i++) {
                filled = filled.replace("{" + i + "}", open && kind.slots.get(i).changes ? "_" : values.get(i));
            }
            return filled;
        }
    }
}
