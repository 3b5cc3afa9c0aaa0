package dev.kimilinear.engine.serving.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.engine.model.SequenceState;

/**
 * Snapshots of one model in a store: which of them a prompt can go on from, and the way there and back. What cannot be used is
 * named in the log once and never asked for again. Thread-safe.
 */
final class SnapshotArchive {

    private static final Logger LOG = System.getLogger(SnapshotArchive.class.getName());

    /** Snapshots whose tokens are known: 8 MB with 8,192 tokens each. */
    private static final int MOST_KNOWN = 256;
    /** Others that are read for one request. */
    private static final int READ_AT_A_TIME = 16;

    /** Hexadecimal digits of the hashes in keys: 128 bits. */
    private static final int HASH_BYTES = 16;

    private final SnapshotStore store;
    private final Supplier<byte[]> modelFingerprint;
    private final Supplier<SequenceState> newState;
    private final int contextTokens;
    // Guarded by this object.
    private final Set<SnapshotKey> unusable = new HashSet<>();
    /** For whoever asks why nothing of a prompt was stored. */
    private final Map<SnapshotKey, int[]> known = new HashMap<>();

    /**
     * @param modelFingerprint 32 bytes that stand for the contents of the model file and for how states are stored; asked
     *        when it is needed, because it may read from the file
     */
    SnapshotArchive(SnapshotStore store, Supplier<byte[]> modelFingerprint, Supplier<SequenceState> newState,
            int contextTokens) {
        this.store = store;
        this.modelFingerprint = modelFingerprint;
        this.newState = newState;
        this.contextTokens = contextTokens;
    }

    /** What is stored of this model now. */
    Collection<SnapshotKey> keys() throws IOException {
        return store.keys(model());
    }

    /**
     * The longest snapshot that is stored for a beginning of a prompt.
     *
     * @param stored as {@link #keys} says
     * @param longerThan shorter ones, and those of so many tokens, are not wanted
     * @return empty if there is none, or it cannot be used
     * @throws IOException if the store fails
     */
    Optional<Snapshot> load(int[] prompt, Collection<SnapshotKey> stored, int longerThan) throws IOException {
        Optional<SnapshotKey> found = longest(prompt, longerThan, stored);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SnapshotKey key = found.get();
        Optional<InputStream> bytes = store.load(key);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = bytes.get()) {
            Snapshot snapshot = SnapshotFormat.read(in, modelFingerprint.get(), newState, contextTokens);
            if (snapshot.length() != key.tokens() || Snapshot.commonPrefix(snapshot.tokens(), prompt) != key.tokens()) {
                throw new SnapshotFormat.Unusable("its tokens are not those of its name");
            }
            store.used(key);
            return Optional.of(snapshot);
        } catch (SnapshotFormat.Unusable e) {
            notUsable(key, e);
            throw e;
        }
    }

    /**
     * The tokens of what is stored, as far as they are known: some more of them are read.
     *
     * @param stored as {@link #keys} says
     * @throws IOException if the store fails
     */
    List<int[]> tokens(Collection<SnapshotKey> stored) throws IOException {
        List<SnapshotKey> unknown;
        synchronized (this) {
            known.keySet().retainAll(new HashSet<>(stored));
            unknown = stored.stream().filter(key -> !known.containsKey(key) && !unusable.contains(key))
                    .limit(Math.min(READ_AT_A_TIME, MOST_KNOWN - known.size())).toList();
        }
        for (SnapshotKey key : unknown) {
            Optional<InputStream> bytes = store.load(key);
            if (bytes.isPresent()) {
                try (InputStream in = bytes.get()) {
                    know(key, SnapshotFormat.readTokens(in, modelFingerprint.get(), contextTokens));
                } catch (SnapshotFormat.Unusable e) {
                    notUsable(key, e);
                }
            }
        }
        synchronized (this) {
            return List.copyOf(known.values());
        }
    }

    private synchronized void know(SnapshotKey key, int[] tokens) {
        if (known.size() < MOST_KNOWN) {
            known.put(key, tokens);
        }
    }

    private void notUsable(SnapshotKey key, SnapshotFormat.Unusable why) {
        synchronized (this) {
            unusable.add(key);
        }
        LOG.log(Level.WARNING, "Stored snapshot {0} is not used: {1}", key, why.getMessage());
    }

    /** @throws IOException if the store fails */
    void save(Snapshot snapshot) throws IOException {
        SnapshotKey key = key(snapshot.tokens(), digest(), 0, snapshot.length());
        byte[] fingerprint = modelFingerprint.get();
        store.save(key, SnapshotFormat.bytes(snapshot), out -> SnapshotFormat.write(snapshot, fingerprint, out));
        synchronized (this) {
            unusable.remove(key);
        }
        know(key, snapshot.tokens());
    }

    private Optional<SnapshotKey> longest(int[] prompt, int longerThan, Collection<SnapshotKey> stored) {
        Set<SnapshotKey> usable = new HashSet<>(stored);
        synchronized (this) {
            usable.removeAll(unusable);
        }
        SortedSet<Integer> lengths = new TreeSet<>();
        for (SnapshotKey key : usable) {
            if (key.tokens() > longerThan && key.tokens() < prompt.length) {
                lengths.add(key.tokens());
            }
        }
        Optional<SnapshotKey> longest = Optional.empty();
        MessageDigest digest = digest();
        int from = 0;
        for (int length : lengths) {
            SnapshotKey key = key(prompt, digest, from, length);
            from = length;
            if (usable.contains(key)) {
                longest = Optional.of(key);
            }
        }
        return longest;
    }

    /** The key of the first tokens of a prompt; the digest has had those before {@code from} and gets the others. */
    private SnapshotKey key(int[] tokens, MessageDigest digest, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(tokens, from, to - from);
        digest.update(bytes);
        try {
            byte[] hash = ((MessageDigest) digest.clone()).digest();
            return new SnapshotKey(model(), to, HexFormat.of().formatHex(hash, 0, HASH_BYTES));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String model() {
        return HexFormat.of().formatHex(modelFingerprint.get(), 0, HASH_BYTES);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
