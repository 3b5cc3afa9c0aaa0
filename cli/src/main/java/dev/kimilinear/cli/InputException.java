package dev.kimilinear.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Bad input: its message is the one sentence that the user sees. */
final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InputException(String message) {
        super(message);
    }

    InputException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param what what cannot be done, such as {@code Output "rows.f32" cannot be written} */
    static InputException of(String what, IOException cause) {
        String reason = switch (cause) {
            case NoSuchFileException e -> "there is no such file";
            case AccessDeniedException e -> "permission denied";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> cause.getMessage();
        };
        return new InputException(what + ": " + reason + ".", cause);
    }
}
