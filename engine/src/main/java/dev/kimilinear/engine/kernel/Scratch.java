package dev.kimilinear.engine.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.Map;

import dev.kimilinear.engine.kernel.panel.Packer;
import dev.kimilinear.engine.kernel.panel.PanelLayout;

/** Memory of one thread for the length of a kernel call: it grows to what the largest call needed, and is then reused. */
public final class Scratch {

    private float[] floats = new float[0];
    private float[] more = new float[0];
    private int[] ints = new int[0];
    private MemorySegment bytes = MemorySegment.NULL;
    private final Map<PanelLayout, Packer> packers = new IdentityHashMap<>();

    /** At least n floats of any value. */
    public float[] floats(int n) {
        if (floats.length < n) {
            floats = new float[n];
        }
        return floats;
    }

    /**
     * Another array of at least n floats of any value: for the caller of a kernel that uses {@link #floats}, or for a kernel
     * that needs two.
     */
    public float[] moreFloats(int n) {
        if (more.length < n) {
            more = new float[n];
        }
        return more;
    }

    /** At least n ints of any value. */
    public int[] ints(int n) {
        if (ints.length < n) {
            ints = new int[n];
        }
        return ints;
    }

    /** At least n bytes of native memory, 64-byte aligned, of any value. */
    public MemorySegment bytes(long n) {
        if (bytes.byteSize() < n) {
            bytes = Arena.ofAuto().allocate(n, 64);
        }
        return bytes;
    }

    /** A packer for matrices of a layout. */
    public Packer packer(PanelLayout layout) {
        return packers.computeIfAbsent(layout, Packer::new);
    }
}
