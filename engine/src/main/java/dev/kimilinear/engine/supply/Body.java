package dev.kimilinear.engine.supply;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, taken piece by piece by the caller's thread. A stream of the HTTP client would block in
 * {@code read} for as long as a server is silent; here a silence has a limit, and the caller can be interrupted.
 */
final class Body implements BodySubscriber<Body>, AutoCloseable {

    /** Buffers, or null at the end, or what went wrong. */
    private record Piece(List<ByteBuffer> buffers, Throwable failure) {
    }

    private static final long SECOND_MILLIS = 1000;

    private final Duration longestSilence;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();

    Body(Duration longestSilence) {
        this.longestSilence = longestSilence;
    }

    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription.complete(given);
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        pieces.add(new Piece(buffers, null));
    }

    @Override
    public void onError(Throwable failure) {
        pieces.add(new Piece(null, failure));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece(null, null));
    }

    /**
     * @param inSilence is run once a second as long as nothing comes
     * @return the next bytes, or null at the end
     */
    List<ByteBuffer> next(Runnable inSilence) throws TransferException {
        try {
            long millisLeft = longestSilence.toMillis();
            Piece piece = pieces.poll(Math.min(millisLeft, SECOND_MILLIS), TimeUnit.MILLISECONDS);
            while (piece == null && (millisLeft -= SECOND_MILLIS) > 0) {
                inSilence.run();
                piece = pieces.poll(Math.min(millisLeft, SECOND_MILLIS), TimeUnit.MILLISECONDS);
            }
            if (piece == null) {
                throw TransferException.silence(longestSilence);
            }
            if (piece.failure() != null) {
                throw TransferException.of(piece.failure());
            }
            subscription.join().request(1);
            return piece.buffers();
        } catch (InterruptedException e) {
            throw Machine.interrupted();
        }
    }

    byte[] all() throws TransferException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Runnable nothing = () -> {
        };
        for (List<ByteBuffer> buffers = next(nothing); buffers != null; buffers = next(nothing)) {
            for (ByteBuffer buffer : buffers) {
                byte[] piece = new byte[buffer.remaining()];
                buffer.get(piece);
                bytes.writeBytes(piece);
            }
        }
        return bytes.toByteArray();
    }

    /** Ends the connection if there is more to come. */
    @Override
    public void close() {
        subscription.thenAccept(Subscription::cancel);
    }
}
