package dev.kimilinear.trainer.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A family of wordings, composed: {@code (Hi|Hello)( there|), (what is|tell me) the price of {0}(?|.)}. Round brackets hold
 * alternatives, which may be empty and may nest; {@code {0}} to {@code {9}} are places for contents. A backslash takes the
 * next character as it is.
 */
final class Wording {

    /** What may be drawn: a fixed text, a place, a sequence, or one of several. */
    private sealed interface Node {
        double count();

        void draw(Random random, StringBuilder out);
    }

    private record Text(String text) implements Node {
        @Override
        public double count() {
            return 1;
        }

        @Override
        public void draw(Random random, StringBuilder out) {
            out.append(text);
        }
    }

    private record Sequence(List<Node> parts) implements Node {
        @Override
        public double count() {
            double count = 1;
            for (Node part : parts) {
                count *= part.count();
            }
            return count;
        }

        @Override
        public void draw(Random random, StringBuilder out) {
            for (Node part : parts) {
                part.draw(random, out);
            }
        }
    }

    private record Choice(List<Node> alternatives) implements Node {
        @Override
        public double count() {
            return alternatives.stream().mapToDouble(Node::count).sum();
        }

        @Override
        public void draw(Random random, StringBuilder out) {
            alternatives.get(random.nextInt(alternatives.size())).draw(random, out);
        }
    }

    private static final Map<String, Wording> KNOWN = new ConcurrentHashMap<>();
    /** Begins the number of a place in a drawn wording: a character that no text of ours contains. */
    private static final char PLACE = '\uE010';

    private final Node root;
    private final double count;

    private Wording(Node root) {
        this.root = root;
        count = root.count();
    }

    /**
     * The wordings of a pattern.
     *
     * @throws IllegalArgumentException if its brackets do not match
     */
    static Wording of(String pattern) {
        Wording known = KNOWN.get(pattern);
        if (known == null) {
            known = new Wording(new Parser(pattern).parse());
            KNOWN.put(pattern, known);
        }
        return known;
    }

    /** How many wordings there are, the same text reached twice counting twice. */
    double count() {
        return count;
    }

    /** One wording with its places still open, each alternative as likely as its neighbours. */
    String draw(Random random) {
        StringBuilder out = new StringBuilder();
        root.draw(random, out);
        return out.toString();
    }

    /**
     * Fills the places of a drawn wording.
     *
     * @param before put in front of each content
     * @param after put behind it
     */
    static String fill(String drawn, String before, String after, Object... contents) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < drawn.length(); i++) {
            char c = drawn.charAt(i);
            if (c == PLACE) {
                int place = drawn.charAt(++i) - '0';
                if (place >= contents.length) {
                    throw new IllegalArgumentException("Place {" + place + "} has no content in \""
                            + drawn.replace(PLACE, '#') + "\": " + contents.length + " given");
                }
                out.append(before).append(contents[place]).append(after);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static final class Parser {

        private final String pattern;
        private int at;

        Parser(String pattern) {
            this.pattern = pattern;
        }

        Node parse() {
            Node root = choice();
            if (at < pattern.length()) {
                throw new IllegalArgumentException("A bracket closes that did not open, at " + at + " of \"" + pattern + "\"");
            }
            return root;
        }

        private Node choice() {
            List<Node> alternatives = new ArrayList<>();
            alternatives.add(sequence());
            while (at < pattern.length() && pattern.charAt(at) == '|') {
                at++;
                alternatives.add(sequence());
            }
            return alternatives.size() == 1 ? alternatives.getFirst() : new Choice(alternatives);
        }

        private Node sequence() {
            List<Node> parts = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            while (at < pattern.length()) {
                char c = pattern.charAt(at);
                if (c == '|' || c == ')') {
                    break;
                }
                at++;
                if (c == '(') {
                    flush(text, parts);
                    parts.add(choice());
                    if (at >= pattern.length()) {
                        throw new IllegalArgumentException("A bracket does not close in \"" + pattern + "\"");
                    }
                    at++;
                } else if (c == '{' && at + 1 < pattern.length() && pattern.charAt(at + 1) == '}'
                        && Character.isDigit(pattern.charAt(at))) {
                    text.append(PLACE).append(pattern.charAt(at));
                    at += 2;
                } else if (c == '\\' && at < pattern.length()) {
                    text.append(pattern.charAt(at++));
                } else {
                    text.append(c);
                }
            }
            flush(text, parts);
            return parts.size() == 1 ? parts.getFirst() : new Sequence(parts);
        }

        private static void flush(StringBuilder text, List<Node> parts) {
            if (!text.isEmpty()) {
                parts.add(new Text(text.toString()));
                text.setLength(0);
            }
        }
    }
}
