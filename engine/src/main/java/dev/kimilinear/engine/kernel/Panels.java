package dev.kimilinear.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import dev.kimilinear.engine.gguf.LittleEndian;
import dev.kimilinear.engine.kernel.panel.Packer;
import dev.kimilinear.engine.kernel.panel.PanelLayout;

/**
 * The panels of a model's matrices in one stretch of memory: which matrices, where each begins, and how the memory is
 * filled. First every matrix is {@link #add added}; then {@link #bytes} of memory are filled by {@link #pack}, or found
 * filled; then {@link #in} gives each matrix in its panels.
 */
public final class Panels {

    /** Bytes of a tensor that go into the fingerprint. */
    private static final int SAMPLE_BYTES = 4096;

    private record Entry(Tensor rowMajor, PanelLayout layout, long offsetBytes) {

        Tensor in(MemorySegment memory) {
            Tensor w = rowMajor;
            return new Tensor(w.name(), w.format(), layout, w.matrices(), w.rows(), w.columns(), memory, offsetBytes);
        }
    }

    private final Kernels kernels;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    /** @param kernels that will read the panels */
    public Panels(Kernels kernels) {
        this.kernels = kernels;
    }

    /** Plans for a matrix, if the kernels read it in panels, and returns it as it is. */
    public Tensor add(Tensor w) {
        PanelLayout layout = kernels.layout(w);
        if (layout != null && !entries.containsKey(w.name())) {
            entries.put(w.name(), new Entry(w, layout, bytes));
            bytes += w.matrices() * layout.bytes(w.rows(), w.columns());
        }
        return w;
    }

    /** Bytes of all panels. */
    public long bytes() {
        return bytes;
    }

    /** Whether a tensor was planned for. */
    public boolean has(String tensor) {
        return entries.containsKey(tensor);
    }

    /** The matrix in its panels, or as it is if none were planned. */
    public Tensor in(MemorySegment memory, Tensor w) {
        Entry entry = entries.get(w.name());
        return entry == null ? w : entry.in(memory);
    }

    /** Fills memory of {@link #bytes} bytes with the panels of all matrices, on all threads of the pool. */
    public void pack(MemorySegment memory, WorkerPool pool) {
        pack(memory, pool, piece -> {
        });
    }

    /**
     * Makes the panels of all matrices in order, as much at a time as fits into a buffer, on all threads of the pool.
     *
     * @param buffer longer than any panel
     * @param next takes the beginning of the buffer, filled, each time before it is filled anew
     */
    public void pack(MemorySegment buffer, WorkerPool pool, Consumer<MemorySegment> next) {
        long used = 0;
        for (Entry entry : entries.values()) {
            Tensor w = entry.rowMajor();
            long panelBytes = entry.layout().panelBytes(w.columns());
            int panels = w.matrices() * entry.layout().panels(w.rows());
            for (int i = 0; i < panels;) {
                int count = (int) Math.min(panels - i, (buffer.byteSize() - used) / panelBytes);
                if (count > 0) {
                    pack(entry, i, count, buffer, used, pool);
                    used += count * panelBytes;
                    i += count;
                } else if (used > 0) {
                    next.accept(buffer.asSlice(0, used));
                    used = 0;
                } else {
                    throw new IllegalArgumentException("buffer has " + buffer.byteSize() + " bytes, expected at least "
                            + panelBytes + " for a panel of \"" + w.name() + "\"");
                }
            }
        }
        next.accept(buffer.asSlice(0, used));
    }

    private static void pack(Entry entry, int firstPanel, int count, MemorySegment buffer, long at, WorkerPool pool) {
        Tensor w = entry.rowMajor();
        PanelLayout layout = entry.layout();
        int panels = layout.panels(w.rows());
        long panelBytes = layout.panelBytes(w.columns());
        pool.run(count, (from, to, worker) -> {
            Packer packer = new Packer(layout);
            for (int i = from; i < to; i++) {
                int matrix = (firstPanel + i) / panels;
                int row = (firstPanel + i) % panels * PanelLayout.ROWS;
                packer.pack(w.data(), w.rowOffsetBytes(matrix, row), w.rows() - row, w.columns(), buffer,
                        at + i * panelBytes);
            }
        });
    }

    /**
     * SHA-256 of what the panels are made from: the plan, the beginning of every tensor, and whatever else tells this model
     * from others. Reading all weights would take as long as packing them.
     *
     * @param model size and time of the model's files
     */
    public byte[] fingerprint(String model) {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        sha.update(model.getBytes(StandardCharsets.UTF_8));
        byte[] sample = new byte[SAMPLE_BYTES];
        for (Entry entry : entries.values()) {
            Tensor w = entry.rowMajor();
            String line = "\n" + w.name() + " " + w.format().type() + " " + w.matrices() + " x " + w.rows() + " x "
                    + w.columns() + " at " + entry.offsetBytes() + "\n";
            sha.update(line.getBytes(StandardCharsets.UTF_8));
            int length = (int) Math.min(sample.length, w.matrices() * w.matrixBytes());
            MemorySegment.copy(w.data(), LittleEndian.BYTE, w.offsetBytes(), sample, 0, length);
            sha.update(sample, 0, length);
        }
        return sha.digest();
    }
}
