package dev.kimilinear.engine.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads grammars in GBNF, the notation of llama.cpp:
 *
 * <pre>
 * root   ::= answer | "none"              # the rule "root" stands for the whole text
 * answer ::= [a-z] [^\n]* ("," item){0,3}
 * item   ::= "\u00e9" | . | item-name+
 * </pre>
 *
 * Literals and classes of characters know the escapes {@code \n \r \t \\ \" \[ \] \- \^ \xHH \\uHHHH \UHHHHHHHH}. A rule ends
 * with its line, unless a bracket is open or the line ends with {@code |}. Tokens by name or number, which llama.cpp also
 * has, are refused.
 */
final class Gbnf {

    private static final String ROOT = "root";

    private final String text;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    private int at;

    private Gbnf(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException with line and column if it is no such grammar */
    static Grammar parse(String text) {
        return new Gbnf(text).grammar();
    }

    private Grammar grammar() {
        skip(true);
        while (at < text.length()) {
            String name = name();
            skip(false);
            if (!text.startsWith("::=", at)) {
                throw refusal("expected \"::=\" behind the name of rule \"" + name + "\"");
            }
            at += 3;
            skip(true);
            Expression body = choice(false);
            if (rules.put(name, body) != null) {
                throw refusal("rule \"" + name + "\" is defined twice");
            }
            if (at < text.length() && text.charAt(at) != '\n') {
                throw refusal("expected the end of the line, found '" + Character.toString(text.codePointAt(at)) + "'");
            }
            skip(true);
        }
        if (!rules.containsKey(ROOT)) {
            throw refusal("there is no rule \"" + ROOT + "\", which stands for the whole text");
        }
        return Grammar.of(rules, ROOT);
    }

    /** Alternatives, up to a closing bracket or the end of the rule. */
    private Expression choice(boolean inBrackets) {
        List<Expression> options = new ArrayList<>();
        options.add(sequence(inBrackets));
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            skip(true);
            options.add(sequence(inBrackets));
        }
        return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
    }

    private Expression sequence(boolean inBrackets) {
        List<Expression> parts = new ArrayList<>();
        while (at < text.length() && "|)\n".indexOf(text.charAt(at)) < 0) {
            parts.add(repeated(part()));
            skip(inBrackets);
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
    }

    private Expression part() {
        char c = text.charAt(at);
        switch (c) {
            case '"' -> {
                return literal();
            }
            case '[' -> {
                return characterClass();
            }
            case '.' -> {
                at++;
                return Characters.ALL.expression();
            }
            case '(' -> {
                at++;
                skip(true);
                Expression inner = choice(true);
                expect(')');
                return inner;
            }
            case '<', '!' -> throw refusal("tokens by name or number are not supported; write the text of the token");
            default -> {
                return new Expression.Rule(name());
            }
        }
    }

    private Expression repeated(Expression part) {
        if (at == text.length()) {
            return part;
        }
        char c = text.charAt(at);
        if ("*+?{".indexOf(c) < 0) {
            return part;
        }
        at++;
        Expression repeated = switch (c) {
            case '*' -> Expression.repeat(part, 0, Expression.Repeat.UNBOUNDED);
            case '+' -> Expression.repeat(part, 1, Expression.Repeat.UNBOUNDED);
            case '?' -> Expression.optional(part);
            default -> limits(part);
        };
        return repeated(repeated);
    }

    /** Behind an opening brace: {@code m}, {@code m,}, {@code ,n} or {@code m,n}, and the closing brace. */
    private Expression limits(Expression part) {
        skip(false);
        boolean lower = isDigit();
        int least = lower ? number() : 0;
        skip(false);
        int most = least;
        if (at < text.length() && text.charAt(at) == ',') {
            at++;
            skip(false);
            most = isDigit() ? number() : Expression.Repeat.UNBOUNDED;
            skip(false);
        } else if (!lower) {
            throw refusal("expected a number of repetitions");
        }
        expect('}');
        if (most != Expression.Repeat.UNBOUNDED && most < least) {
            throw refusal("at least " + least + " and at most " + most + " repetitions exclude one another");
        }
        return Expression.repeat(part, least, most);
    }

    private boolean isDigit() {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private int number() {
        long number = 0;
        while (isDigit()) {
            number = Math.min(10 * number + text.charAt(at++) - '0', Integer.MAX_VALUE);
        }
        return (int) number;
    }

    private Expression literal() {
        at++;
        StringBuilder literal = new StringBuilder();
        while (peekInLine("a literal") != '"') {
            literal.appendCodePoint(character());
        }
        at++;
        return Expression.text(literal.toString());
    }

    private Expression characterClass() {
        at++;
        boolean others = peekInLine("a class") == '^';
        if (others) {
            at++;
        }
        Characters characters = Characters.NONE;
        while (peekInLine("a class") != ']') {
            int from = character();
            int to = from;
            if (peekInLine("a class") == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                at++;
                to = character();
                if (to < from) {
                    throw refusal("a range of characters runs backwards");
                }
            }
            characters = characters.with(from, to);
        }
        at++;
        return (others ? characters.complement() : characters).expression();
    }

    private char peekInLine(String what) {
        if (at == text.length() || text.charAt(at) == '\n') {
            throw refusal(what + " has no end in its line");
        }
        return text.charAt(at);
    }

    private int character() {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\') {
            return surrogateFree(c);
        }
        char escape = peekInLine("an escape");
        at++;
        return switch (escape) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '[', ']', '-', '^' -> escape;
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            default -> {
                at -= 2;
                throw refusal("unknown escape \"\\" + escape + "\"");
            }
        };
    }

    private int hex(int digits) {
        int end = Math.min(at + digits, text.length());
        String number = text.substring(at, end);
        if (number.length() < digits || !number.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw refusal("expected " + digits + " hexadecimal digits");
        }
        at = end;
        long c = Long.parseLong(number, 16);
        if (c > Characters.LAST) {
            throw refusal("there is no character " + number);
        }
        return surrogateFree((int) c);
    }

    private int surrogateFree(int c) {
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw refusal("half a surrogate pair is no character; write \\U and the whole character's number");
        }
        return c;
    }

    private String name() {
        int start = at;
        while (at < text.length() && isNameCharacter(text.charAt(at))) {
            at++;
        }
        if (at == start) {
            throw refusal("expected a rule's name, a literal, a class of characters or a bracket, found '"
                    + Character.toString(text.codePointAt(at)) + "'");
        }
        return text.substring(start, at);
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private void expect(char c) {
        if (at == text.length() || text.charAt(at) != c) {
            throw refusal("expected '" + c + "'");
        }
        at++;
    }

    private void skip(boolean overLines) {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '#') {
                while (at < text.length() && text.charAt(at) != '\n') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || c == '\r' || overLines && c == '\n') {
                at++;
            } else {
                return;
            }
        }
    }

    private IllegalArgumentException refusal(String what) {
        int end = Math.min(at, text.length());
        int line = (int) text.substring(0, end).chars().filter(c -> c == '\n').count() + 1;
        int column = end - text.lastIndexOf('\n', end - 1);
        return new IllegalArgumentException("Grammar, line " + line + ", column " + column + ": " + what + ".");
    }
}
