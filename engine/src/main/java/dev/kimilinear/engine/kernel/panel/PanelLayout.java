package dev.kimilinear.engine.kernel.panel;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
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
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;

/**
 * How a quantised matrix lies in panels, so that a vector lane is a matrix row. A panel is {@link #ROWS} rows, cut into
 * blocks of {@link #columns} columns, block after block. A block is a sequence of lines; a line is one 32-bit word for each
 * row of the panel. Lines come in the order in which a kernel uses them, since the memory system follows only that.
 *
 * <p>
 * Words of codes have two 16-bit halves. A group of codes fills {@code lines} words; its first half of columns lies in the
 * low halves, the second in the high halves, so that each half sums only half of the products and the sums stay within 16
 * bits. A half holds bit fields p0, p1 .. from its lowest bit on, and is multiplied without masks: with fields at bits
 * b0 = 0, b1, .. and the activations y0, y1, ..
 *
 * <pre>
 * sum of p_i y_i = sum over i of (half &gt;&gt;&gt; b_i) (y_i - 2^(b_i - b_(i-1)) y_(i-1))   modulo 2^16
 * </pre>
 *
 * A code that is split over several words is several fields, and its activation is shifted accordingly. Codes are unsigned;
 * an offset is taken away by the value that a sum starts from, or by a correction added to it.
 *
 * <p>
 * Bytes of a block, for each row (a word is {@code w}):
 *
 * <pre>
 * Q2_K    4 { scale | min of 4 sub-blocks, 4 + 4 bits each;  2 { 2 w: 16 codes of 2 bits a half } };  d f16 | dmin f16
 * Q3_K    4 { scales of 4 sub-blocks, i8;  2 { 3 w: 16 codes of 3 bits a half } };  d f32
 * Q4_K    4 { (scale, min) of 2 sub-blocks, u8;  2 { 4 w: 4 codes of 4 bits a half } };  d f16 | dmin f16
 * Q5_K    4 { (scale, min) of 2 sub-blocks, u8;  2 { 5 w: 16 codes of 5 bits a half } };  d f16 | dmin f16
 * Q6_K    4 { scales of 4 sub-blocks, i8;  4 { 3 w: 8 codes of 6 bits a half } };  d f32
 * IQ4_XS  2 { scales of 4 sub-blocks, i8;  4 { 4 w: 4 codes of 4 bits a half } };  d f32
 * Q4_0    d f16 of 2 blocks;  2 { 4 w: 4 codes of 4 bits a half }          IQ4_NL the same
 * Q5_0    d f16 of 2 blocks;  2 { 5 w: 16 codes of 5 bits a half }
 * Q4_1    2 { d f16 | m f16;  4 w: 4 codes of 4 bits a half }
 * Q5_1    2 { d f16 | m f16;  5 w: 16 codes of 5 bits a half }
 * Q8_0    d f16 of 2 blocks;  2 { 8 w: 2 codes of 8 bits a half }
 * MXFP4   e u8 of 4 blocks;  4 { 4 w: 4 codes of 4 bits a half }
 * </pre>
 *
 * The kernels do not read activations as they are but a stream of prepared values in the order of use, see
 * {@link #prepare}. Kernels and this class must agree; the parity test holds them together.
 */
public final class PanelLayout {

    /** Rows of a panel: the lanes of the widest vector. */
    public static final int ROWS = 16;

    /** MXFP4's values by code, and IQ4's: what a kernel's tables hold, plus {@link #MXFP4_OFFSET} and {@link #IQ4_OFFSET}. */
    private static final int[] MXFP4_VALUES = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 };
    private static final int[] IQ4_VALUES = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 };
    private static final int MXFP4_OFFSET = 12;
    private static final int IQ4_OFFSET = 127;
    private static final int BYTE_OFFSET = 128;

    private static final PanelLayout[] LAYOUTS = new PanelLayout[GgmlType.values().length];

    static {
        for (GgmlType type : GgmlType.values()) {
            if (BlockFormat.of(type) instanceof QuantisedFormat format) {
                LAYOUTS[type.ordinal()] = new PanelLayout(format);
            }
        }
    }

    private final QuantisedFormat format;
    private final int columns;
    private final int lines;
    private final int preparedLength;

    private PanelLayout(QuantisedFormat format) {
        this.format = format;
        columns = format.type().blockElements() == 256 ? 256 : format instanceof MXFP4 ? 128 : 64;
        lines = new Packer(this).wordsOfBlock();
        preparedLength = prepare(new byte[columns], 0, new int[2 * columns], 0);
    }

    /** The layout of a matrix of this format, or null where it has none: float weights, or rows that are no whole blocks. */
    public static PanelLayout of(BlockFormat format, int columns) {
        PanelLayout layout = LAYOUTS[format.type().ordinal()];
        return layout == null || columns % layout.columns != 0 ? null : layout;
    }

    /** The format of the weights. */
    public QuantisedFormat format() {
        return format;
    }

    /** Columns of a block of a panel: 256 for K-quants, 64 or 128 for the others. */
    public int columns() {
        return columns;
    }

    /** Bytes of a block of a panel, a multiple of 64. */
    public int blockBytes() {
        return Integer.BYTES * ROWS * lines;
    }

    /** Panels of a matrix: the last one is filled up with rows of zeros. */
    public int panels(int matrixRows) {
        return (matrixRows + ROWS - 1) / ROWS;
    }

    /** Bytes of a panel of a matrix with so many columns. */
    public long panelBytes(int matrixColumns) {
        return (long) matrixColumns / columns * blockBytes();
    }

    /** Bytes of a matrix in panels. */
    public long bytes(int matrixRows, int matrixColumns) {
        return panels(matrixRows) * panelBytes(matrixColumns);
    }

    /** Prepared activations for one block, see {@link #prepare}. */
    public int preparedLength() {
        return preparedLength;
    }

    /**
     * Turns the quantised activations {@code q[at .. at + columns)} into the stream that a kernel reads along one block. A
     * value for a field of codes has 16 bits for the low and 16 for the high half; sums are whole ints. For each group: the
     * value that its sum starts from, where there is one; a value for each field; a correction; sums for minima.
     *
     * @return where the stream ends in out
     */
    public int prepare(byte[] q, int at, int[] out, int outAt) {
        int group = format instanceof Q6_K ? 16 : 32;
        int o = outAt;
        for (int first = at; first < at + columns; first += group) {
            o = switch (format) {
                case Q2_K f -> prepareSum(q, first + 16, 16, 1, out,
                        prepareSum(q, first, 16, 1, out, prepareFields(Fields.TWO_BIT, q, first, 32, out, o)));
                case Q3_K f -> prepareFields(Fields.THREE_BIT, q, first, 32, out,
                        prepareStart(q, first, 32, 16, -4, out, o));
                case Q4_K f -> prepareSum(q, first, 32, 1, out, prepareFields(Fields.FOUR_BIT, q, first, 32, out, o));
                case Q4_1 f -> prepareSum(q, first, 32, 1, out, prepareFields(Fields.FOUR_BIT, q, first, 32, out, o));
                case Q4_0 f -> prepareFields(Fields.FOUR_BIT, q, first, 32, out, prepareStart(q, first, 32, 4, -8, out, o));
                case Q5_0 f -> prepareFields(Fields.FIVE_BIT, q, first, 32, out, prepareStart(q, first, 32, 16, -16, out, o));
                case Q5_1 f -> prepareCorrected(q, first, out, o);
                case Q5_K f -> prepareCorrected(q, first, out, o);
                case Q6_K f -> prepareFields(Fields.SIX_BIT, q, first, 16, out, prepareStart(q, first, 16, 8, -32, out, o));
                case MXFP4 f -> prepareSmallTable(q, first, out, prepareStart(q, first, 32, 4, -MXFP4_OFFSET, out, o));
                case IQ4_NL f -> prepareWideTable(q, first, out, o);
                case IQ4_XS f -> prepareWideTable(q, first, out, o);
                case Q8_0 f -> prepareBytes(q, first, out, o);
            };
        }
        return o;
    }

    /** Five-bit codes without an offset would overflow 16 bits: 16 is taken away first and made good afterwards. */
    private static int prepareCorrected(byte[] q, int first, int[] out, int o) {
        int fields = prepareFields(Fields.FIVE_BIT, q, first, 32, out, prepareStart(q, first, 32, 16, -16, out, o));
        return prepareSum(q, first, 32, 1, out, prepareSum(q, first, 32, 16, out, fields));
    }

    private static int prepareSum(byte[] q, int first, int count, int factor, int[] out, int o) {
        int sum = 0;
        for (int i = first; i < first + count; i++) {
            sum += q[i];
        }
        out[o] = factor * sum;
        return o + 1;
    }

    /** factor times the sum of each half; of 2 c columns, the first c belong to the low half. */
    private static int prepareStart(byte[] q, int first, int count, int c, int factor, int[] out, int o) {
        int low = 0;
        int high = 0;
        for (int i = first; i < first + count; i += 2 * c) {
            for (int j = i; j < i + c; j++) {
                low += q[j];
                high += q[j + c];
            }
        }
        out[o] = halves(factor * low, factor * high);
        return o + 1;
    }

    private static int prepareFields(Fields fields, byte[] q, int first, int count, int[] out, int o) {
        int c = fields.codes;
        for (int at = first; at < first + count; at += 2 * c) {
            for (int i = 0; i < fields.length(); i++) {
                int low = q[at + fields.code[i]] << fields.shift[i];
                int high = q[at + c + fields.code[i]] << fields.shift[i];
                if (fields.position[i] > 0) {
                    int carried = fields.shift[i - 1] + fields.position[i] - fields.position[i - 1];
                    low -= q[at + fields.code[i - 1]] << carried;
                    high -= q[at + c + fields.code[i - 1]] << carried;
                }
                out[o++] = halves(low, high);
            }
        }
        return o;
    }

    /** Bytes of looked-up values: codes 0 and 2 of a half in one short, 1 and 3 in another, the second in its upper byte. */
    private static int prepareSmallTable(byte[] q, int first, int[] out, int o) {
        for (int i = first; i < first + 32; i += 8) {
            out[o++] = halves(q[i], q[i + 4]);
            out[o++] = halves(q[i + 1], q[i + 5]);
            out[o++] = halves(q[i + 2] - (q[i] << 8), q[i + 6] - (q[i + 4] << 8));
            out[o++] = halves(q[i + 3] - (q[i + 1] << 8), q[i + 7] - (q[i + 5] << 8));
        }
        return o;
    }

    private static int prepareWideTable(byte[] q, int first, int[] out, int o) {
        int next = o;
        for (int i = first; i < first + 32; i += 8) {
            next = preparePair(q[i], q[i + 2], q[i + 4], q[i + 6], IQ4_OFFSET, out, next);
            next = preparePair(q[i + 1], q[i + 3], q[i + 5], q[i + 7], IQ4_OFFSET, out, next);
        }
        return next;
    }

    private static int prepareBytes(byte[] q, int first, int[] out, int o) {
        int next = o;
        for (int i = first; i < first + 32; i += 4) {
            next = preparePair(q[i], q[i + 1], q[i + 2], q[i + 3], BYTE_OFFSET, out, next);
        }
        return next;
    }

    /**
     * Two products a half of unsigned bytes: the start, which takes the bytes' offset away and adds 32768 to the low half, so
     * that it can be read as unsigned; and the two activations.
     */
    private static int preparePair(int low0, int low1, int high0, int high1, int offset, int[] out, int o) {
        out[o] = halves(-offset * (low0 + low1) + 32768, -offset * (high0 + high1));
        out[o + 1] = halves(low0, high0);
        out[o + 2] = halves(low1 - (low0 << 8), high1 - (high0 << 8));
        return o + 3;
    }

    private static int halves(int low, int high) {
        return low & 0xFFFF | high << 16;
    }

    /** Words of a block for one row. */
    int lines() {
        return lines;
    }

    /** Looked-up value of each code, or null where codes are numbers. */
    int[] table() {
        return switch (format) {
            case MXFP4 f -> MXFP4_VALUES;
            case IQ4_NL f -> IQ4_VALUES;
            case IQ4_XS f -> IQ4_VALUES;
            default -> null;
        };
    }
}
