package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;

import dev.kimilinear.engine.api.ModelSupplyException;

/** Something between us and a server went wrong, and may go right another time. */
final class TransferException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    TransferException(String message) {
        this(message, null, null);
    }

    /** @param retryAfter how long the server wants us to wait, or null */
    TransferException(String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    /** @throws ModelSupplyException if the server has a certificate that is not trusted, which does not change by waiting */
    static TransferException of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                throw new ModelSupplyException("Cannot trust the server: " + cause.getMessage() + ". If its certificate, or "
                        + "that of a proxy in between, is your organisation's own, give Java a trust store that has it: "
                        + "-Djavax.net.ssl.trustStore=<file>.", failure);
            }
        }
        return new TransferException(failure.getMessage() == null ? failure.toString() : failure.getMessage(), null, failure);
    }

    static TransferException silence(Duration limit) {
        return new TransferException("nothing was heard for " + limit.toMillis() / 1000.0 + " s");
    }

    /** How long the server wants us to wait. */
    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
