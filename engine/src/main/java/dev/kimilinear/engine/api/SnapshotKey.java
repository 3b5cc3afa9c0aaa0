package dev.kimilinear.engine.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a snapshot: the state of one model after certain tokens, however it came about.
 *
 * @param model 32 hexadecimal digits of a hash over the contents of the model file, the version of the engine, and how it
 *        stores states
 * @param tokens how many tokens were read, 1 or more
 * @param hash 32 hexadecimal digits of a hash over these tokens
 */
public record SnapshotKey(String model, int tokens, String hash) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})-([1-9][0-9]{0,8})-([0-9a-f]{32})");

    public SnapshotKey {
        if (!HASH.matcher(model).matches() || !HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException("model is \"" + model + "\" and hash is \"" + hash
                    + "\", expected 32 hexadecimal digits each");
        }
        if (tokens < 1) {
            throw new IllegalArgumentException("tokens is " + tokens + ", expected 1 or more");
        }
    }

    /** The key as {@link #toString} writes it; empty if the text is none. */
    public static Optional<SnapshotKey> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? Optional.of(new SnapshotKey(parts.group(1), Integer.parseInt(parts.group(2)), parts.group(3)))
                : Optional.empty();
    }

    /** {@code model-tokens-hash}: of letters, digits and hyphens only, so that it can be a file's name. */
    @Override
    public String toString() {
        return model + "-" + tokens + "-" + hash;
    }
}
