package dev.kimilinear.engine;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;

/**
 * A hash that stands for a model and for how this engine stores its states: equal on two machines that have the same file,
 * wherever it lies, and different where a state of the one says nothing to the other. Thread-safe.
 */
final class ModelFingerprint {

    /**
     * To be raised whenever the engine computes other bits than before, or a state holds other values: what was kept by an
     * older engine is then read again.
     */
    private static final int ENGINE_VERSION = 1;

    /** Read of either end of a tensor. To read all of a large model takes minutes, and no two models agree in all of these. */
    private static final long SAMPLE_BYTES = 4096;

    private final GgufFile file;
    private final LatentCacheType latentCache;
    /** Null until somebody asks. Threads that ask at once may each compute it, and find the same. */
    private volatile byte[] bytes;

    ModelFingerprint(GgufFile file, LatentCacheType latentCache) {
        this.file = file;
        this.latentCache = latentCache;
    }

    /**
     * SHA-256 over the version of the engine, the type of the latent cache, the byte order of this machine, the sizes and
     * directories of the model's files with all metadata, and samples of every tensor. Computed when it is first asked for,
     * which may take a second in a large model.
     *
     * @return 32 bytes, not to be changed
     * @throws IllegalStateException if the file was closed before
     */
    byte[] bytes() {
        byte[] known = bytes;
        if (known == null) {
            known = compute();
            bytes = known;
        }
        return known;
    }

    private byte[] compute() {
        MessageDigest hash = sha256();
        update(hash, "engine " + ENGINE_VERSION + ", latent cache " + latentCache + ", " + ByteOrder.nativeOrder());
        for (MemorySegment part : file.mappings()) {
            update(hash, ", " + part.byteSize() + " bytes");
        }
        long[] directory = new long[file.mappings().size()];
        for (int i = 0; i < directory.length; i++) {
            directory[i] = file.mappings().get(i).byteSize();
        }
        for (TensorInfo tensor : file.tensors()) {
            directory[tensor.part()] = Math.min(directory[tensor.part()], tensor.offsetBytes());
        }
        for (int i = 0; i < directory.length; i++) {
            hash.update(file.mappings().get(i).asSlice(0, directory[i]).asByteBuffer());
        }
        for (TensorInfo tensor : file.tensors()) {
            MemorySegment data = file.data(tensor);
            long sample = Math.min(SAMPLE_BYTES, data.byteSize());
            hash.update(data.asSlice(0, sample).asByteBuffer());
            hash.update(data.asSlice(data.byteSize() - sample).asByteBuffer());
        }
        return hash.digest();
    }

    private static void update(MessageDigest hash, String text) {
        hash.update(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
