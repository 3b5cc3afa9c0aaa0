package dev.kimilinear.engine.chat;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes a template for Jinja2 with {@code trim_blocks} and {@code lstrip_blocks}, as Hugging Face renders them, one that
 * renders alike where nothing is trimmed: without the white space that Jinja2 would leave out and without the signs
 * {@code -} and {@code +}. Jinjava's own trimming is another: its {@code lstrip_blocks} takes the blank of
 * {@code {{ a }} {% if b %}} away, and a comment's {@code -#}} does nothing. Lines keep their numbers, for the sake of error
 * messages: line breaks that are left out stand in comments.
 */
final class JinjaSource {

    /** Blocks in blocks and brackets in brackets: Jinjava takes minutes over some thousands, and the file is not trusted. */
    private static final int MAX_DEPTH = 100;

    private final String source;
    private final StringBuilder out;
    /** Up to where the source is copied. */
    private int at;
    /** The first words of the enclosing blocks, innermost first. */
    private final Deque<String> blocks = new ArrayDeque<>();

    private JinjaSource(String source) {
        this.source = source;
        out = new StringBuilder(source.length());
    }

    /**
     * @throws JinjaException for a tag without an end, and for what Jinjava renders without complaint but wrong:
     *         {@code for .. if} and {@code for .. else}
     */
    static String prepare(String template) {
        // Jinja2 knows line feeds only, and drops one at the end.
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        return new JinjaSource(source).prepare();
    }

    private String prepare() {
        int open = source.indexOf('{');
        while (open >= 0 && open + 1 < source.length()) {
            switch (source.charAt(open + 1)) {
                case '{' -> tag(open, endOfCode(open + 2, "}}"));
                case '%' -> tag(open, endOfCode(open + 2, "%}"));
                case '#' -> tag(open, source.indexOf("#}", open + 2));
                default -> {
                    out.append(source, at, open + 1);
                    at = open + 1;
                }
            }
            open = source.indexOf('{', at);
        }
        return out.append(source, at, source.length()).toString();
    }

    /** Where the sign that closes a tag begins, outside its strings; -1 if nowhere. */
    private int endOfCode(int from, String sign) {
        int depth = 0;
        for (int i = from; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '"' || c == '\'') {
                i = endOfString(source, i);
            } else if (source.startsWith(sign, i)) {
                return i;
            } else if ("([{".indexOf(c) >= 0) {
                checkDepth(from, ++depth);
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            }
        }
        return -1;
    }

    /** Where the string that begins at {@code from} has its other quote. */
    private static int endOfString(String source, int from) {
        int i = from + 1;
        while (i < source.length() && source.charAt(i) != source.charAt(from)) {
            i += source.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    /** A tag from its opening sign to its closing one, each of two characters. */
    private void tag(int open, int close) {
        if (close < 0) {
            throw failure(open, "this tag is not closed");
        }
        boolean output = source.charAt(open + 1) == '{';
        int first = open + 2;
        int last = close;
        char left = source.charAt(first);
        if (first < last && (left == '-' || left == '+')) {
            first++;
        }
        char right = source.charAt(last - 1);
        if (first < last && (right == '-' || right == '+' && !output)) {
            last--;
        }
        String content = source.substring(first, last);
        String word = source.charAt(open + 1) == '%' ? content.strip() : "";

        int text = open;
        if (left == '-') {
            while (text > at && isSpace(source.charAt(text - 1))) {
                text--;
            }
        } else if (left != '+' && !output) {
            text = Math.max(at, startOfBlanks(open));
        }
        int next = close + 2;
        if (right == '-') {
            while (next < source.length() && isSpace(source.charAt(next))) {
                next++;
            }
        } else if (right != '+' && !output && !word.equals("raw") && next < source.length() && source.charAt(next) == '\n') {
            next++;
        }

        out.append(source, at, text);
        // What stands in a raw block is printed, a comment too.
        leaveOut(text, open, !word.equals("endraw"));
        out.append(source, open, open + 2).append(content).append(source, close, close + 2);
        leaveOut(close + 2, next, !word.equals("raw"));
        at = next;
        if (word.equals("raw")) {
            int endraw = source.indexOf("endraw", at);
            int end = endraw < 0 ? -1 : source.lastIndexOf("{%", endraw);
            if (end >= at) {
                tag(end, source.indexOf("%}", endraw));
            }
        } else {
            follow(open, word);
        }
    }

    private void leaveOut(int from, int to, boolean asComment) {
        String lineBreaks = source.substring(from, to).replaceAll("[^\n]+", "");
        if (asComment && !lineBreaks.isEmpty()) {
            out.append("{#").append(lineBreaks).append("#}");
        }
    }

    /** Where the blanks in front of {@code open} begin if their line has nothing else, or {@code open}. */
    private int startOfBlanks(int open) {
        int start = open;
        while (start > 0 && source.charAt(start - 1) != '\n') {
            start--;
            if (!isSpace(source.charAt(start))) {
                return open;
            }
        }
        return start;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private void follow(int open, String content) {
        String word = content.split("[^a-z]", 2)[0];
        switch (word) {
            case "if", "for", "macro", "call", "filter" -> {
                if (word.equals("for") && hasOuterIf(content)) {
                    throw failure(open, "\"for .. if\" is not supported");
                }
                blocks.push(word);
                checkDepth(open, blocks.size());
            }
            case "endif", "endfor", "endmacro", "endcall", "endfilter" -> blocks.poll();
            case "else" -> {
                if ("for".equals(blocks.peek())) {
                    throw failure(open, "\"for .. else\" is not supported");
                }
            }
            default -> {
            }
        }
    }

    /** Whether a word {@code if} stands outside brackets and strings. */
    private static boolean hasOuterIf(String content) {
        int depth = 0;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (c == '"' || c == '\'') {
                i = endOfString(content, i);
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (depth == 0 && content.startsWith("if", i) && !isName(content, i - 1) && !isName(content, i + 2)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isName(String content, int i) {
        return i >= 0 && i < content.length() && (Character.isLetterOrDigit(content.charAt(i)) || content.charAt(i) == '_');
    }

    private void checkDepth(int position, int depth) {
        if (depth > MAX_DEPTH) {
            throw failure(position, "nested more than " + MAX_DEPTH + " deep");
        }
    }

    private JinjaException failure(int position, String reason) {
        long line = 1 + source.substring(0, position).chars().filter(c -> c == '\n').count();
        return new JinjaException("line " + line + ": " + reason);
    }
}
