package dev.kimilinear.engine.serving.snapshot;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

import dev.kimilinear.engine.model.SequenceState;

/**
 * A snapshot as bytes. Numbers of the header are little endian, the rest is in the byte order of the machine, which is part of
 * the fingerprint.
 *
 * <pre>
 *    0  u8[8]   "KLSNAPSH"
 *    8  u32     version of this format
 *   12  u32     number of tokens, n
 *   16  u8[32]  fingerprint of the model and of how states are stored
 *   48  u32     CRC-32C of bytes 0 to 47
 *   52  i32[n]  tokens
 *       ...     the pieces of the state
 *       u32     CRC-32C of all from 52 on
 * </pre>
 *
 * Logits are not stored: who asks the very same again, after a restart, reads one token.
 */
final class SnapshotFormat {

    /** To be raised when the format or the pieces of a state change. */
    static final int VERSION = 1;

    private static final byte[] MAGIC = { 'K', 'L', 'S', 'N', 'A', 'P', 'S', 'H' };
    private static final int HEADER_BYTES = 52;
    private static final int FINGERPRINT_BYTES = 32;
    private static final int BUFFER_BYTES = 1 << 18;

    private SnapshotFormat() {
    }

    /** What was read is no snapshot that this engine can use. */
    static final class Unusable extends IOException {

        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /** Bytes that {@link #write} writes. */
    static long bytes(Snapshot snapshot) {
        long[] sum = { HEADER_BYTES + 4L * snapshot.length() + 4 };
        snapshot.state().forEachPiece(piece -> sum[0] += piece.byteSize());
        return sum[0];
    }

    static void write(Snapshot snapshot, byte[] fingerprint, OutputStream out) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).putInt(VERSION)
                .putInt(snapshot.length()).put(fingerprint, 0, FINGERPRINT_BYTES);
        header.putInt((int) crc(header.array(), header.position()));
        out.write(header.array());
        Writer writer = new Writer(out);
        try {
            writer.accept(MemorySegment.ofArray(snapshot.tokens()));
            snapshot.state().forEachPiece(writer::accept);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        out.write(littleEndian((int) writer.crc.getValue()));
    }

    /**
     * Reads all of a snapshot and checks it.
     *
     * @param newState makes a state before its first token
     * @param mostTokens the most tokens that it may have
     * @throws Unusable if it is damaged, of another version, or of another model
     */
    static Snapshot read(InputStream in, byte[] fingerprint, Supplier<SequenceState> newState, int mostTokens)
            throws IOException {
        try {
            return read(new DataInputStream(in), fingerprint, newState, mostTokens);
        } catch (EOFException e) {
            throw new Unusable("it ends before its end");
        }
    }

    private static Snapshot read(DataInputStream in, byte[] fingerprint, Supplier<SequenceState> newState, int mostTokens)
            throws IOException {
        int tokens = readHeader(in, fingerprint, mostTokens);
        Reader reader = new Reader(in);
        Snapshot snapshot = new Snapshot(new int[tokens], newState.get(), null);
        try {
            reader.accept(MemorySegment.ofArray(snapshot.tokens()));
            snapshot.state().fill(tokens, reader::accept);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        byte[] crc = new byte[4];
        in.readFully(crc);
        if (!Arrays.equals(crc, littleEndian((int) reader.crc.getValue()))) {
            throw new Unusable("its checksum is wrong");
        }
        if (in.read() >= 0) {
            throw new Unusable("it goes on behind its end");
        }
        return snapshot;
    }

    /**
     * Reads the tokens of a snapshot and nothing else; they are not checked, so they are good for explanations only.
     *
     * @throws Unusable if the header is damaged, of another version, or of another model
     */
    static int[] readTokens(InputStream stream, byte[] fingerprint, int mostTokens) throws IOException {
        try {
            DataInputStream in = new DataInputStream(stream);
            int[] tokens = new int[readHeader(in, fingerprint, mostTokens)];
            new Reader(in).accept(MemorySegment.ofArray(tokens));
            return tokens;
        } catch (EOFException e) {
            throw new Unusable("it ends before its end");
        } catch (UncheckedIOException e) {
            throw e.getCause() instanceof EOFException ? new Unusable("it ends before its end") : e.getCause();
        }
    }

    /** The number of tokens. */
    private static int readHeader(DataInputStream in, byte[] fingerprint, int mostTokens) throws IOException {
        byte[] bytes = new byte[HEADER_BYTES];
        in.readFully(bytes);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new Unusable("it does not begin as a snapshot does");
        }
        if (header.getInt(8) != VERSION) {
            throw new Unusable("its format is version " + header.getInt(8) + ", expected " + VERSION);
        }
        if (header.getInt(HEADER_BYTES - 4) != (int) crc(bytes, HEADER_BYTES - 4)) {
            throw new Unusable("the checksum of its header is wrong");
        }
        if (!Arrays.equals(bytes, 16, 16 + FINGERPRINT_BYTES, fingerprint, 0, FINGERPRINT_BYTES)) {
            throw new Unusable("it was made by model " + HexFormat.of().formatHex(bytes, 16, 32) + ", expected "
                    + HexFormat.of().formatHex(fingerprint, 0, 16));
        }
        int tokens = header.getInt(12);
        if (tokens < 1 || tokens > mostTokens) {
            throw new Unusable("it has " + tokens + " tokens, expected 1 to " + mostTokens);
        }
        return tokens;
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static long crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }

    private static final class Writer {

        private final OutputStream out;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private final CRC32C crc = new CRC32C();

        Writer(OutputStream out) {
            this.out = out;
        }

        void accept(MemorySegment piece) {
            for (long at = 0; at < piece.byteSize(); at += BUFFER_BYTES) {
                int n = (int) Math.min(BUFFER_BYTES, piece.byteSize() - at);
                MemorySegment.copy(piece, at, MemorySegment.ofArray(buffer), 0, n);
                crc.update(buffer, 0, n);
                try {
                    out.write(buffer, 0, n);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static final class Reader {

        private final DataInputStream in;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private final CRC32C crc = new CRC32C();

        Reader(DataInputStream in) {
            this.in = in;
        }

        void accept(MemorySegment piece) {
            for (long at = 0; at < piece.byteSize(); at += BUFFER_BYTES) {
                int n = (int) Math.min(BUFFER_BYTES, piece.byteSize() - at);
                try {
                    in.readFully(buffer, 0, n);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                crc.update(buffer, 0, n);
                MemorySegment.copy(MemorySegment.ofArray(buffer), 0, piece, at, n);
            }
        }
    }
}
