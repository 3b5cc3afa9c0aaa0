package dev.kimilinear.engine.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text from tokens one by one. A token may end in the middle of a character: its bytes wait until the character is
 * complete, so what {@link #accept} returns is never half a character, and all pieces together are the text of
 * {@link Tokenizer#decode}. Bytes that are not UTF-8 become U+FFFD. Belongs to one sequence; not thread-safe.
 */
public final class TextDecoder {

    private final Vocabulary vocabulary;
    private final boolean renderControlTokens;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** Ready to be written: what is in front of its position is an incomplete character, at most three bytes. */
    private ByteBuffer bytes = ByteBuffer.allocate(64);

    TextDecoder(Vocabulary vocabulary, boolean renderControlTokens) {
        this.vocabulary = vocabulary;
        this.renderControlTokens = renderControlTokens;
    }

    /**
     * The characters that this token completes, often one word, maybe none.
     *
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public String accept(int id) {
        Tokenizer.checkId(id, vocabulary.size());
        if (!vocabulary.isShown(id, renderControlTokens)) {
            return "";
        }
        int length = vocabulary.length(id);
        if (bytes.remaining() < length) {
            bytes = ByteBuffer.allocate(bytes.position() + length).put(bytes.flip());
        }
        vocabulary.copy(id, bytes.array(), bytes.position());
        bytes.position(bytes.position() + length);
        return decode(false);
    }

    /** What is left when no token follows: an incomplete character as U+FFFD. The decoder is then as new. */
    public String finish() {
        String rest = decode(true);
        utf8.reset();
        return rest;
    }

    private String decode(boolean end) {
        bytes.flip();
        // A byte makes at most one char: four bytes make two, a broken one makes U+FFFD.
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        utf8.decode(bytes, text, end);
        bytes.compact();
        return text.flip().toString();
    }
}
