package dev.kimilinear.engine.kernel.panel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import dev.kimilinear.engine.gguf.LittleEndian;
import dev.kimilinear.engine.kernel.quant.IQ4_NL;
import dev.kimilinear.engine.kernel.quant.IQ4_XS;
import dev.kimilinear.engine.kernel.quant.MXFP4;
import dev.kimilinear.engine.kernel.quant.Q2_K;
import dev.kimilinear.engine.kernel.quant.Q3_K;
import dev.kimilinear.engine.kernel.quant.Q4_0;
import dev.kimilinear.engine.kernel.quant.Q4_1;
import dev.kimilinear.engine.kernel.quant.Q4_K;
import dev.kimilinear.engine.kernel.quant.Q5_0;
import dev.kimilinear.engine.kernel.quant.Q5_1;
import dev.kimilinear.engine.kernel.quant.Q5_K;
import dev.kimilinear.engine.kernel.quant.Q6_K;
import dev.kimilinear.engine.kernel.quant.Q8_0;
import dev.kimilinear.engine.kernel.quant.UnpackedBlock;

/** Brings rows of a quantised matrix into panels of one layout. Holds scratch memory: one for each thread. */
public final class Packer {

    private final PanelLayout layout;
    private final UnpackedBlock[] blocks = { new UnpackedBlock(), new UnpackedBlock(), new UnpackedBlock(),
            new UnpackedBlock() };
    private final int[] words = new int[64];
    /** Code of each value, where codes are looked up: at the value plus 128. */
    private final int[] codes = new int[256];

    public Packer(PanelLayout layout) {
        this.layout = layout;
        int[] table = layout.table();
        if (table != null) {
            // Downwards, so that of two codes with one value (zero and minus zero) the lower one stays.
            for (int code = table.length - 1; code >= 0; code--) {
                codes[table[code] + 128] = code;
            }
        }
    }

    /**
     * Writes one panel of a matrix; rows past the matrix' end become zeros.
     *
     * @param data encoded rows, one after another, the panel's first one at {@code at}
     * @param present rows that the matrix still has
     * @param columns of the matrix
     * @param out receives {@code layout.panelBytes(columns)} bytes at {@code outAt}
     */
    public void pack(MemorySegment data, long at, int present, int columns, MemorySegment out, long outAt) {
        int elements = layout.format().type().blockElements();
        long rowBytes = layout.format().rowBytes(columns);
        long step = (long) layout.columns() / elements * layout.format().type().blockBytes();
        int steps = columns / layout.columns();
        for (int r = 0; r < PanelLayout.ROWS; r++) {
            for (int b = 0; b < steps; b++) {
                if (r < present) {
                    unpack(data, at + r * rowBytes + b * step);
                    wordsOfBlock();
                } else {
                    Arrays.fill(words, 0);
                }
                long lane = outAt + (long) b * layout.blockBytes() + 4L * r;
                for (int line = 0; line < layout.lines(); line++) {
                    out.set(LittleEndian.INT, lane + (long) line * PanelLayout.ROWS * 4, words[line]);
                }
            }
        }
    }

    private void unpack(MemorySegment data, long at) {
        int elements = layout.format().type().blockElements();
        for (int i = 0; i < layout.columns() / elements; i++) {
            layout.format().unpack(data, at + (long) i * layout.format().type().blockBytes(), blocks[i]);
        }
    }

    /** Writes the words of the unpacked blocks and returns how many there are. */
    int wordsOfBlock() {
        UnpackedBlock block = blocks[0];
        return switch (layout.format()) {
            case Q2_K f -> scaleAndMinPairs(block);
            case Q3_K f -> signedScales(block, 2, 32, Fields.THREE_BIT, 4);
            case Q4_K f -> scaleAndMin(block, Fields.FOUR_BIT);
            case Q5_K f -> scaleAndMin(block, Fields.FIVE_BIT);
            case Q6_K f -> signedScales(block, 4, 16, Fields.SIX_BIT, 32);
            case IQ4_XS f -> signedScales(block, 4, 32, Fields.FOUR_BIT, 0);
            case Q4_0 f -> twoScales(Fields.FOUR_BIT, 8);
            case Q5_0 f -> twoScales(Fields.FIVE_BIT, 16);
            case IQ4_NL f -> twoScales(Fields.FOUR_BIT, 0);
            case Q8_0 f -> bytes();
            case Q4_1 f -> offsets(Fields.FOUR_BIT);
            case Q5_1 f -> offsets(Fields.FIVE_BIT);
            case MXFP4 f -> exponents();
        };
    }

    private int scaleAndMinPairs(UnpackedBlock block) {
        int n = 0;
        for (int s = 0; s < 16; s += 4) {
            int word = 0;
            for (int i = 0; i < 4; i++) {
                word |= (block.scale[s + i] | block.min[s + i] << 4) << 8 * i;
            }
            words[n++] = word;
            n = codes(block, 16 * s, 64, Fields.TWO_BIT, 0, n);
        }
        words[n] = f16(block.d) | f16(block.dmin) << 16;
        return n + 1;
    }

    private int scaleAndMin(UnpackedBlock block, Fields fields) {
        int n = 0;
        for (int s = 0; s < 8; s += 2) {
            words[n++] = block.scale[s] | block.min[s] << 8 | block.scale[s + 1] << 16 | block.min[s + 1] << 24;
            n = codes(block, 32 * s, 64, fields, 0, n);
        }
        words[n] = f16(block.d) | f16(block.dmin) << 16;
        return n + 1;
    }

    /** Four signed scales a word, then the codes of groups that are so many columns long. */
    private int signedScales(UnpackedBlock block, int groups, int columns, Fields fields, int offset) {
        int n = 0;
        int first = 0;
        for (int s = 0; first < 256; s += 4) {
            int word = 0;
            for (int i = 0; i < 4; i++) {
                word |= (block.scale[s + i] & 0xFF) << 8 * i;
            }
            words[n++] = word;
            n = codes(block, first, groups * columns, fields, offset, n);
            first += groups * columns;
        }
        words[n] = Float.floatToRawIntBits(block.d);
        return n + 1;
    }

    private int twoScales(Fields fields, int offset) {
        words[0] = f16(blocks[0].d) | f16(blocks[1].d) << 16;
        return codes(blocks[1], 0, 32, fields, offset, codes(blocks[0], 0, 32, fields, offset, 1));
    }

    private int bytes() {
        words[0] = f16(blocks[0].d) | f16(blocks[1].d) << 16;
        int n = 1;
        for (int b = 0; b < 2; b++) {
            int[] q = blocks[b].q;
            for (int i = 0; i < 32; i += 4) {
                words[n++] = q[i] + 128 | q[i + 1] + 128 << 8 | q[i + 2] + 128 << 16 | q[i + 3] + 128 << 24;
            }
        }
        return n;
    }

    /** The unpacked minimum is minus the offset. */
    private int offsets(Fields fields) {
        int n = 0;
        for (int b = 0; b < 2; b++) {
            words[n] = f16(blocks[b].d) | f16(-blocks[b].dmin) << 16;
            n = codes(blocks[b], 0, 32, fields, 0, n + 1);
        }
        return n;
    }

    private int exponents() {
        int word = 0;
        int n = 1;
        for (int b = 0; b < 4; b++) {
            // 2^(e - 128); the smallest, e = 0, is subnormal and has the exponent field of a zero.
            int e = Float.floatToRawIntBits(blocks[b].d) >>> 23;
            word |= (blocks[b].d < Float.MIN_NORMAL ? blocks[b].d > 0x1p-128f ? 1 : 0 : e + 1) << 8 * b;
            n = codes(blocks[b], 0, 32, Fields.FOUR_BIT, 0, n);
        }
        words[0] = word;
        return n;
    }

    private int codes(UnpackedBlock block, int first, int count, Fields fields, int offset, int wordAt) {
        int[] q = block.q;
        if (layout.table() != null) {
            for (int i = first; i < first + count; i++) {
                q[i] = codes[q[i] + 128];
            }
        }
        int n = wordAt;
        for (int i = first; i < first + count; i += 2 * fields.codes) {
            n = fields.pack(q, i, offset, words, n);
        }
        return n;
    }

    private static int f16(float value) {
        return Float.floatToFloat16(value) & 0xFFFF;
    }
}
