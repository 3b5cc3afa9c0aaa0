package dev.kimilinear.runtime.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import jakarta.inject.Singleton;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.runtime.config.KimiLinearConfig;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.redis.datasource.keys.KeyCommands;
import io.quarkus.redis.datasource.sortedset.ScoreRange;
import io.quarkus.redis.datasource.sortedset.SortedSetCommands;
import io.quarkus.redis.datasource.value.ValueCommands;

/**
 * Snapshots as values in Redis, for some time. A large value keeps others waiting, so a snapshot is cut into pieces:
 *
 * <pre>
 * kimi-linear:snapshots:MODEL          sorted set of keys, by the time in milliseconds at which they expire
 * kimi-linear:snapshot:KEY             number of pieces; set last, and gone first
 * kimi-linear:snapshot:KEY:0, 1, ..    pieces
 * </pre>
 *
 * Two replicas that store the same snapshot at a time write the same bytes.
 */
@Singleton
public class RedisSnapshotStore implements SnapshotStore {

    static final int PIECE_BYTES = 4 << 20;
    /** The first is smaller: it has the tokens, and some ask for no more. */
    static final int FIRST_PIECE_BYTES = 64 << 10;

    private static final String INDEX = "kimi-linear:snapshots:";
    private static final String SNAPSHOT = "kimi-linear:snapshot:";
    /** Pieces are there a little longer than who says how many there are. */
    private static final long GRACE_MILLIS = 60_000;

    private final ValueCommands<String, byte[]> pieces;
    private final ValueCommands<String, Integer> counts;
    private final SortedSetCommands<String, String> index;
    private final KeyCommands<String> keys;
    private final long expireMillis;

    RedisSnapshotStore(RedisDataSource redis, KimiLinearConfig config) {
        pieces = redis.value(byte[].class);
        counts = redis.value(Integer.class);
        index = redis.sortedSet(String.class);
        keys = redis.key();
        expireMillis = Math.max(1000, config.redisSnapshots().expireAfter().toMillis());
    }

    @Override
    public Collection<SnapshotKey> keys(String model) throws IOException {
        return ask(() -> {
            List<SnapshotKey> found = new ArrayList<>();
            ScoreRange<Double> alive = ScoreRange.from((double) System.currentTimeMillis(), Double.POSITIVE_INFINITY);
            for (String key : index.zrangebyscore(INDEX + model, alive)) {
                SnapshotKey.parse(key).ifPresent(found::add);
            }
            return found;
        });
    }

    @Override
    public Optional<InputStream> load(SnapshotKey key) throws IOException {
        Integer count = ask(() -> counts.get(SNAPSHOT + key));
        return count == null ? Optional.empty() : Optional.of(new Pieces(key, count));
    }

    @Override
    public void save(SnapshotKey key, long bytes, Content content) throws IOException {
        int count;
        try (PieceWriter out = new PieceWriter(key)) {
            content.writeTo(out);
            count = out.end();
        }
        ask(() -> {
            long now = System.currentTimeMillis();
            counts.psetex(SNAPSHOT + key, expireMillis, count);
            index.zadd(INDEX + key.model(), now + expireMillis, key.toString());
            index.zremrangebyscore(INDEX + key.model(), ScoreRange.from(0.0, (double) now));
            return keys.pexpire(INDEX + key.model(), Duration.ofMillis(expireMillis));
        });
    }

    private static String piece(SnapshotKey key, int i) {
        return SNAPSHOT + key + ":" + i;
    }

    private static <T> T ask(Callable<T> question) throws IOException {
        try {
            return question.call();
        } catch (Exception e) {
            throw new IOException("Redis does not do what it is asked: " + e, e);
        }
    }

    private final class PieceWriter extends OutputStream {

        private final SnapshotKey key;
        private final byte[] piece = new byte[PIECE_BYTES];
        private int filled;
        private int written;

        PieceWriter(SnapshotKey key) {
            this.key = key;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] { (byte) value }, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int done = 0; done < length;) {
                int most = written == 0 ? FIRST_PIECE_BYTES : PIECE_BYTES;
                int n = Math.min(length - done, most - filled);
                System.arraycopy(bytes, from + done, piece, filled, n);
                filled += n;
                done += n;
                if (filled == most) {
                    send();
                }
            }
        }

        int end() throws IOException {
            if (filled > 0) {
                send();
            }
            return written;
        }

        private void send() throws IOException {
            byte[] bytes = Arrays.copyOf(piece, filled);
            ask(() -> {
                pieces.psetex(piece(key, written), expireMillis + GRACE_MILLIS, bytes);
                return null;
            });
            written++;
            filled = 0;
        }
    }

    private final class Pieces extends InputStream {

        private final SnapshotKey key;
        private final int count;
        private int next;
        private byte[] piece = {};
        private int at;

        Pieces(SnapshotKey key, int count) {
            this.key = key;
            this.count = count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (at == piece.length) {
                if (next == count) {
                    return -1;
                }
                piece = ask(() -> pieces.get(piece(key, next)));
                if (piece == null) {
                    piece = new byte[0];
                    // It was pushed out by others; the bytes that were read are not wrong.
                    throw new IOException(
                            "Piece " + next + " of " + count + " of snapshot " + key + " is not in Redis any more");
                }
                next++;
                at = 0;
            }
            int n = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, bytes, from, n);
            at += n;
            return n;
        }
    }
}
