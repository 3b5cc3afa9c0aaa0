package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Words;

/**
 * Wordings for one answer or one kind of content, read from a list. A line {@code = HEAD} begins a block; the lines below it
 * are its wordings, by their first character: {@code ?} a direct question, {@code ~} an indirect one, {@code :} a thing,
 * {@code !} an order, {@code .} another sentence, {@code -} a message that stays as it is. Lines with {@code *} are rows of
 * values, separated by {@code ;}, for the places {@code {0}}, {@code {1}} ... of head and wordings.
 *
 * @param head what stands behind {@code =}
 * @param pattern all wordings
 */
record Frames(String head, String pattern) {

    /** The kinds of line; what is likelier stands in the pattern more than once. */
    private enum Kind {
        QUESTION('?', 3),
        CLAUSE('~', 2),
        THING(':', 2),
        ORDER('!', 3),
        SENTENCE('.', 2),
        MESSAGE('-', 3);

        private final char sign;
        private final int share;

        Kind(char sign, int share) {
            this.sign = sign;
            this.share = share;
        }

        String pattern(String wordings) {
            return switch (this) {
                case QUESTION -> Asking.question(wordings);
                case CLAUSE -> Asking.clause(wordings);
                case THING -> Asking.thing(wordings);
                case ORDER -> Asking.order(wordings);
                case SENTENCE -> Asking.sentence(wordings);
                case MESSAGE -> wordings;
            };
        }
    }

    /** The blocks of a list, a block with rows once for each row. */
    static List<Frames> read(String list) {
        List<Frames> all = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : Words.list(list)) {
            if (line.startsWith("=") && !block.isEmpty()) {
                all.addAll(ofBlock(block));
                block.clear();
            }
            block.add(line);
        }
        all.addAll(ofBlock(block));
        return List.copyOf(all);
    }

    private static List<Frames> ofBlock(List<String> lines) {
        Map<Kind, List<String>> wordings = new EnumMap<>(Kind.class);
        List<String> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String text = line.substring(1).strip();
            if (line.startsWith("*")) {
                rows.add(text);
            } else {
                wordings.computeIfAbsent(kind(line), _ -> new ArrayList<>()).add(text);
            }
        }
        String head = lines.getFirst().substring(1).strip();
        String pattern = pattern(wordings);
        return rows.isEmpty() ? List.of(new Frames(head, pattern))
                : rows.stream().map(row -> new Frames(fill(head, row), fill(pattern, row))).toList();
    }

    private static Kind kind(String line) {
        for (Kind kind : Kind.values()) {
            if (line.charAt(0) == kind.sign) {
                return kind;
            }
        }
        throw new IllegalArgumentException("Not a line of frames: " + line);
    }

    private static String pattern(Map<Kind, List<String>> wordings) {
        List<String> parts = new ArrayList<>();
        wordings.forEach((kind, lines) -> {
            String part = kind.pattern("(" + String.join("|", lines) + ")");
            for (int i = 0; i < kind.share; i++) {
                parts.add(part);
            }
        });
        return String.join("|", parts);
    }

    private static String fill(String text, String row) {
        String filled = text;
        String[] values = row.split(";");
        for (int i = 0; i < values.length; i++) {
            filled = filled.replace("{" + i + "}", values[i].strip());
        }
        return filled;
    }
}
