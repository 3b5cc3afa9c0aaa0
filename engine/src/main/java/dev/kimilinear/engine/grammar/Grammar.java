package dev.kimilinear.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A context-free grammar over bytes, laid out for {@link Automaton}: rules with alternatives, each of which is a run of
 * elements in one array. An element is a set of bytes, a call of a rule, or the end of the alternative. Immutable.
 *
 * <p>
 * What is made of an {@link Expression} can always be matched to an end: rules that call themselves before they have taken
 * a byte are refused, since matching would not terminate; alternatives that lead back to their own rule on every way are
 * left out, since a text could enter but never leave them; and a grammar without a text is refused.
 */
final class Grammar {

    /** The element behind the last one of an alternative. */
    private static final int END = -1;
    /** A call of rule r is the element {@code CALL - r}; other elements are numbers of byte sets. */
    private static final int CALL = -2;
    /** A part that may come more often than this is refused: each possible number takes memory. */
    static final int MOST_REPETITIONS = 100_000;

    private final int[] elements;
    private final int[][] alternatives;
    private final ByteSet[] sets;
    private final int root;

    private Grammar(int[] elements, int[][] alternatives, ByteSet[] sets, int root) {
        this.elements = elements;
        this.alternatives = alternatives;
        this.sets = sets;
        this.root = root;
    }

    /**
     * @param rules by name
     * @param root the rule that stands for the whole text
     * @throws IllegalArgumentException if a rule is missing, calls itself without having taken a byte, or has no text; if a
     *         part comes too often
     */
    static Grammar of(Map<String, Expression> rules, String root) {
        return new Builder(rules).build(root);
    }

    /** The rule that stands for the whole text. */
    int root() {
        return root;
    }

    /** Where the alternatives of a rule begin. */
    int[] alternatives(int rule) {
        return alternatives[rule];
    }

    boolean isEnd(int position) {
        return elements[position] == END;
    }

    boolean isCall(int position) {
        return elements[position] <= CALL;
    }

    /** The rule that is called at a position. */
    int called(int position) {
        return CALL - elements[position];
    }

    /** The number of the set at a position, below {@link #sets}. */
    int set(int position) {
        return elements[position];
    }

    ByteSet[] sets() {
        return sets;
    }

    private static final class Builder {

        private final Map<String, Expression> sources;
        private final Map<String, Integer> numbers = new LinkedHashMap<>();
        private final List<String> names = new ArrayList<>();
        private final List<List<int[]>> bodies = new ArrayList<>();
        private final Map<ByteSet, Integer> sets = new LinkedHashMap<>();
        /** By identity: expressions share parts, and comparing them would visit each on every way that leads to it. */
        private final Map<Expression, Integer> anonymous = new IdentityHashMap<>();

        Builder(Map<String, Expression> sources) {
            this.sources = sources;
            for (String name : sources.keySet()) {
                numbers.put(name, newRule(name));
            }
        }

        Grammar build(String root) {
            sources.forEach((name, expression) -> bodies.set(numbers.get(name), alternatives(expression, name)));
            leaveOutEndless();
            int first = number(root, root);
            if (bodies.get(first).isEmpty()) {
                throw new IllegalArgumentException("No text fits rule \"" + root + "\": each of its alternatives needs itself "
                        + "again, or a character that does not exist. Add an alternative that ends.");
            }
            refuseLeftRecursion();
            return lay(first);
        }

        private int newRule(String name) {
            names.add(name);
            bodies.add(List.of());
            return names.size() - 1;
        }

        private int number(String name, String from) {
            Integer number = numbers.get(name);
            if (number == null) {
                throw new IllegalArgumentException("Rule \"" + name + "\" is used in \"" + from + "\" and defined nowhere.");
            }
            return number;
        }

        private List<int[]> alternatives(Expression expression, String name) {
            List<int[]> alternatives = new ArrayList<>();
            List<Expression> options = expression instanceof Expression.Choice(List<Expression> several) ? several
                    : List.of(expression);
            for (Expression option : options) {
                List<Integer> elements = new ArrayList<>();
                if (append(option, name, elements)) {
                    alternatives.add(elements.stream().mapToInt(Integer::intValue).toArray());
                }
            }
            return alternatives;
        }

        /** @return false if no text fits because of an empty set */
        private boolean append(Expression expression, String name, List<Integer> elements) {
            switch (expression) {
                case Expression.Byte(ByteSet set) -> {
                    if (set.isEmpty()) {
                        return false;
                    }
                    elements.add(sets.computeIfAbsent(set, s -> sets.size()));
                }
                case Expression.Sequence(List<Expression> parts) -> {
                    for (Expression part : parts) {
                        if (!append(part, name, elements)) {
                            return false;
                        }
                    }
                }
                case Expression.Rule(String called) -> elements.add(CALL - number(called, name));
                case Expression.Choice choice -> elements.add(CALL - anonymous(choice, name));
                case Expression.Repeat repeat -> appendRepeat(repeat, name, elements);
            }
            return true;
        }

        private void appendRepeat(Expression.Repeat repeat, String name, List<Integer> elements) {
            int times = Math.max(repeat.least(), repeat.most());
            if (times > MOST_REPETITIONS) {
                throw new IllegalArgumentException("Rule \"" + name + "\" has a part that may come " + times
                        + " times, expected at most " + MOST_REPETITIONS + ". Leave the limit out.");
            }
            int part = element(repeat.part(), name);
            for (int i = 0; i < repeat.least(); i++) {
                elements.add(part);
            }
            int optional = repeat.most() - repeat.least();
            if (repeat.most() == Expression.Repeat.UNBOUNDED) {
                int rest = newRule(name);
                bodies.set(rest, List.of(new int[] { part, CALL - rest }, new int[0]));
                elements.add(CALL - rest);
            } else if (optional > 0) {
                int rest = -1;
                for (int i = 0; i < optional; i++) {
                    int longer = newRule(name);
                    int[] more = rest < 0 ? new int[] { part } : new int[] { part, CALL - rest };
                    bodies.set(longer, List.of(more, new int[0]));
                    rest = longer;
                }
                elements.add(CALL - rest);
            }
        }

        /** A part as one element. */
        private int element(Expression part, String name) {
            return part instanceof Expression.Byte(ByteSet set) && !set.isEmpty() ? sets.computeIfAbsent(set, s -> sets.size())
                    : CALL - anonymous(part, name);
        }

        /** The rule of a part without a name; there is one for each. */
        private int anonymous(Expression expression, String name) {
            if (expression instanceof Expression.Rule(String called)) {
                return number(called, name);
            }
            Integer known = anonymous.get(expression);
            if (known != null) {
                return known;
            }
            int rule = newRule(name);
            bodies.set(rule, alternatives(expression, name));
            anonymous.put(expression, rule);
            return rule;
        }

        /** Keeps the alternatives that some text fits: those whose calls all have an alternative that is kept. */
        private void leaveOutEndless() {
            boolean[] ends = new boolean[names.size()];
            boolean changed = true;
            while (changed) {
                changed = false;
                for (int rule = 0; rule < ends.length; rule++) {
                    if (!ends[rule] && bodies.get(rule).stream().anyMatch(elements -> allEnd(elements, ends))) {
                        ends[rule] = true;
                        changed = true;
                    }
                }
            }
            bodies.replaceAll(body -> body.stream().filter(elements -> allEnd(elements, ends)).toList());
        }

        private static boolean allEnd(int[] elements, boolean[] ends) {
            return Arrays.stream(elements).allMatch(element -> element > CALL || ends[CALL - element]);
        }

        /**
         * A rule that comes back to itself before a byte was taken, with something left to do in between, would pile up calls
         * without end. Where nothing is left to do, as in the repetition of a part that may be empty, nothing piles up.
         */
        private void refuseLeftRecursion() {
            boolean[] nullable = nullable();
            // Strongly connected rules by the calls they begin with; within one, no call may leave something to do.
            int[] component = new Components(first(nullable, false)).numbers();
            List<List<Integer>> piling = first(nullable, true);
            for (int rule = 0; rule < component.length; rule++) {
                for (int called : piling.get(rule)) {
                    if (component[rule] == component[called]) {
                        throw new IllegalArgumentException("Rule \"" + names.get(rule) + "\" begins with itself. "
                                + "Put what repeats behind something else: list ::= item (\",\" item)*");
                    }
                }
            }
        }

        /** The rules that each rule may call before it has taken a byte; if so asked, only by calls that are not its last. */
        private List<List<Integer>> first(boolean[] nullable, boolean notLast) {
            List<List<Integer>> calls = new ArrayList<>();
            for (List<int[]> body : bodies) {
                List<Integer> called = new ArrayList<>();
                for (int[] elements : body) {
                    for (int i = 0; i < elements.length && elements[i] <= CALL; i++) {
                        if (!notLast || i < elements.length - 1) {
                            called.add(CALL - elements[i]);
                        }
                        if (!nullable[CALL - elements[i]]) {
                            break;
                        }
                    }
                }
                calls.add(called);
            }
            return calls;
        }

        private boolean[] nullable() {
            boolean[] nullable = new boolean[names.size()];
            boolean changed = true;
            while (changed) {
                changed = false;
                for (int rule = 0; rule < nullable.length; rule++) {
                    if (!nullable[rule] && bodies.get(rule).stream().anyMatch(elements -> Arrays.stream(elements)
                            .allMatch(element -> element <= CALL && nullable[CALL - element]))) {
                        nullable[rule] = true;
                        changed = true;
                    }
                }
            }
            return nullable;
        }

        private Grammar lay(int root) {
            int size = 0;
            for (List<int[]> body : bodies) {
                for (int[] elements : body) {
                    size += elements.length + 1;
                }
            }
            int[] all = new int[size];
            int[][] starts = new int[bodies.size()][];
            int at = 0;
            for (int rule = 0; rule < starts.length; rule++) {
                List<int[]> body = bodies.get(rule);
                starts[rule] = new int[body.size()];
                for (int i = 0; i < starts[rule].length; i++) {
                    int[] elements = body.get(i);
                    starts[rule][i] = at;
                    System.arraycopy(elements, 0, all, at, elements.length);
                    at += elements.length;
                    all[at++] = END;
                }
            }
            return new Grammar(all, starts, sets.keySet().toArray(ByteSet[]::new), root);
        }
    }

    /** Strongly connected components of a graph, by Tarjan's algorithm, with a stack of its own: chains of rules are long. */
    private static final class Components {

        private final List<List<Integer>> edges;
        private final int[] index;
        private final int[] low;
        private final int[] number;
        private final int[] next;
        private final int[] path;
        private final int[] open;
        private int opened;
        private int visited;
        private int components;

        Components(List<List<Integer>> edges) {
            this.edges = edges;
            int size = edges.size();
            index = new int[size];
            low = new int[size];
            number = new int[size];
            next = new int[size];
            path = new int[size + 1];
            open = new int[size];
            Arrays.fill(number, -1);
            for (int node = 0; node < size; node++) {
                if (index[node] == 0) {
                    walk(node);
                }
            }
        }

        /** The component of each node. */
        int[] numbers() {
            return number;
        }

        private void walk(int start) {
            int depth = 0;
            path[0] = start;
            enter(start);
            while (depth >= 0) {
                int node = path[depth];
                if (next[node] < edges.get(node).size()) {
                    int other = edges.get(node).get(next[node]++);
                    if (index[other] == 0) {
                        path[++depth] = other;
                        enter(other);
                    } else if (number[other] < 0) {
                        low[node] = Math.min(low[node], index[other]);
                    }
                } else {
                    if (low[node] == index[node]) {
                        close(node);
                    }
                    depth--;
                    if (depth >= 0) {
                        low[path[depth]] = Math.min(low[path[depth]], low[node]);
                    }
                }
            }
        }

        private void enter(int node) {
            index[node] = low[node] = ++visited;
            open[opened++] = node;
        }

        private void close(int node) {
            int member;
            do {
                member = open[--opened];
                number[member] = components;
            } while (member != node);
            components++;
        }
    }
}
