package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * A kind of fact, read from a list: how it is told, how it is asked for, and the answer. A line with {@code =} begins a kind
 * and names its contents, separated by {@code ;} ({@code !} behind one: it may change; {@code a}: the one before with its
 * article). The first is what or whom the fact is about. The lines below, by their first character: {@code .} a way to tell
 * it, {@code ^} a way to tell its change, {@code &} a way to tell it behind a pronoun, {@code >} the answer, {@code <} the
 * answer if it was not told, and to ask for it {@code ?} a direct question, {@code ~} an indirect one, {@code :} a thing.
 *
 * @param statements clauses that tell it
 * @param changes clauses that tell another value, empty if there are none of its own
 * @param predicates what stands behind a pronoun, empty if there are none
 * @param answer with places for the contents
 * @param unknown the answer if it was not told, empty if there is none of its own
 * @param questions all wordings
 */
record FactKind(List<Slot> slots, String statements, String changes, String predicates, String answer, String unknown,
        String questions) {

    private static final String ARTICLE = "a";

    /** A content. */
    record Slot(String kind, boolean changes) {
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
        return new FactKind(slots(lines.getFirst().substring(1)), alternatives(lines, '.'), alternatives(lines, '^'),
                alternatives(lines, '&'), text(lines, '>'), text(lines, '<'), questions(lines, framing));
    }

    private static List<Slot> slots(String line) {
        List<Slot> slots = new ArrayList<>();
        for (String slot : line.split(";")) {
            String kind = slot.strip();
            boolean changes = kind.equals(ARTICLE) ? slots.getLast().changes : kind.endsWith("!");
            slots.add(new Slot(kind.endsWith("!") ? kind.substring(0, kind.length() - 1) : kind, changes));
        }
        return slots;
    }

    private static String questions(List<String> lines, Framing framing) {
        String question = framing.question(alternatives(lines, '?'));
        return String.join("|", question, question, framing.clause(alternatives(lines, '~')),
                framing.thing(alternatives(lines, ':')));
    }

    private static String alternatives(List<String> lines, char sign) {
        List<String> texts = texts(lines, sign);
        return texts.isEmpty() ? "" : "(" + String.join("|", texts) + ")";
    }

    private static String text(List<String> lines, char sign) {
        return String.join(" ", texts(lines, sign));
    }

    private static List<String> texts(List<String> lines, char sign) {
        return lines.stream().filter(line -> line.charAt(0) == sign).map(line -> line.substring(1).strip()).toList();
    }

    /** What or whom facts of this kind are about: the kind of their first content. */
    String about() {
        return slots.getFirst().kind;
    }

    /** A fact of this kind. */
    Fact draw(Contents contents) {
        return about(contents.draw(about()), contents);
    }

    /** A fact of this kind about the given, which no other content of it is equal to. */
    Fact about(String subject, Contents contents) {
        List<String> values = new ArrayList<>();
        values.add(subject);
        for (Slot slot : slots.subList(1, slots.size())) {
            values.add(value(slot, values, contents));
        }
        return new Fact(this, values);
    }

    private static String value(Slot slot, List<String> before, Contents contents) {
        if (slot.kind.equals(ARTICLE)) {
            return Contents.withArticle(before.getLast());
        }
        String value = contents.draw(slot.kind);
        while (before.contains(value)) {
            value = contents.draw(slot.kind);
        }
        return value;
    }

    /** A fact with its contents. */
    record Fact(FactKind kind, List<String> values) {

        /** What or whom it is about. */
        String subject() {
            return values.getFirst();
        }

        /** The fact with other contents where it may change. */
        Fact changed(Contents contents) {
            Fact other;
            do {
                other = kind.slots.getFirst().changes ? kind.draw(contents) : kind.about(subject(), contents);
            } while (other.value().equals(value()));
            return other;
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

        /** A question for it, in one of many wordings. */
        String question(Source source) {
            return Asking.capitalised(say(kind.questions, source));
        }

        /** The answer to every question for it. */
        String answer() {
            return fill(kind.answer);
        }

        /** The answer to every question for it if it was not told. */
        String unknown() {
            return fill(kind.unknown);
        }

        private String fill(String text) {
            String filled = text;
            for (int i = 0; i < values.size(); i++) {
                filled = filled.replace("{" + i + "}", values.get(i));
            }
            return filled;
        }
    }
}
