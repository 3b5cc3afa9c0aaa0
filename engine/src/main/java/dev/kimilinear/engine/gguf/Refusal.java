package dev.kimilinear.engine.gguf;

import java.nio.file.Path;
import java.util.Locale;

import dev.kimilinear.engine.api.ModelFormatException;

/** The wording that all refusals of a model file share. */
final class Refusal {

    private Refusal() {
    }

    /** @param detail what was found and what was expected, without a full stop */
    static ModelFormatException of(Path file, String detail) {
        return new ModelFormatException("Cannot open model " + quote(file.toString()) + ": " + detail + ".");
    }

    static ModelFormatException of(Path file, String detail, Throwable cause) {
        return new ModelFormatException("Cannot open model " + quote(file.toString()) + ": " + detail + ".", cause);
    }

    /** Names come from the file: control characters are made visible, so that a name cannot forge a line of a log. */
    static String quote(String name) {
        StringBuilder quoted = new StringBuilder(name.length() + 2).append('"');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
