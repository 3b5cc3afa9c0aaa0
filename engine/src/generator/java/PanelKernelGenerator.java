import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Writes the sources of {@code PanelKernels}, for vectors of 512 bits, and {@code NarrowPanelKernels}, for shorter ones: for
 * each panel layout methods that multiply one block of a panel with 1 and 2 activation rows, and with 512 bits with 4 where
 * they are small enough. Run by the build: {@code java PanelKernelGenerator.java OUTPUT_FOLDER}.
 *
 * <p>
 * Why a generator: C2 stops inlining helper methods after some 50 Vector API calls in a method and then boxes every
 * vector that such a method takes or returns, so that these kernels can only be written out in full. A method should
 * have as few Vector API calls as it can for the same reason, at most about 180: where a JVM's profile has seen much else C2
 * gives up earlier, with 190 calls mostly and with 120 now and then.
 *
 * <p>
 * The layouts, and the streams of prepared activations that the methods read in order, are those of
 * {@code dev.kimilinear.engine.kernel.panel.PanelLayout}.
 */
final class PanelKernelGenerator {

    /** How a group of codes becomes an exact sum. */
    private enum Codes {
        /** Bit fields of a 16-bit half, multiplied without masks; see PanelLayout. */
        FIELDS,
        /** Nibbles looked up in a table of bytes up to 24, sixteen products a half. */
        SMALL_TABLE,
        /** Nibbles looked up in a table of full bytes, two products a half. */
        WIDE_TABLE,
        /** Full bytes, two products a half. */
        BYTES
    }

    /** Which lines hold scales, and what a lane of them means. */
    private enum Scales {
        /** Four signed bytes, one a group; at the end of the block d as a float. */
        SIGNED_BYTES,
        /** Signed bytes in pairs, for the low and the high half of a group; at the end d as a float. */
        SIGNED_PAIRS,
        /** Pairs of unsigned bytes, scale and minimum of a group; at the end d and dmin as half floats. */
        SCALE_AND_MIN,
        /** Pairs of bytes, for the low and the high half, each with scale and minimum in a nibble; at the end d and dmin. */
        NIBBLE_PAIRS,
        /** d of two groups as half floats. */
        D_PAIR,
        /** d and m of one group as half floats. */
        D_AND_M,
        /** Exponents of four groups. */
        EXPONENTS
    }

    /**
     * @param scaleLines scale lines of a block
     * @param groups groups of codes under one scale line
     * @param lines lines of codes in a group
     * @param shifts where the fields of a word begin; one array for each line that differs, the last for all further ones
     * @param starts whether the sums start from a prepared value, which takes the codes' offset away
     * @param corrects whether a prepared value is added to the sum of a group after widening
     */
    private record Layout(String name, int scaleLines, int groups, Scales scales, Codes codes, int lines, int[][] shifts,
            boolean starts, boolean corrects) {

        int[] shifts(int line) {
            return shifts[Math.min(line, shifts.length - 1)];
        }

        boolean kQuant() {
            return switch (scales) {
                case SIGNED_BYTES, SIGNED_PAIRS, SCALE_AND_MIN, NIBBLE_PAIRS -> true;
                case D_PAIR, D_AND_M, EXPONENTS -> false;
            };
        }

        boolean hasMin() {
            return scales == Scales.SCALE_AND_MIN || scales == Scales.NIBBLE_PAIRS;
        }

        /** Whether there is a method for four activation rows: the others would have too many operations. */
        boolean fours() {
            return name.equals("q4_k");
        }

        /** Whether fields are taken in a loop, since there are too many to write them one after another. */
        boolean loopsOverFields() {
            return shifts.length == 1 && shifts[0].length > 6;
        }

        boolean uniformLines() {
            return shifts.length <= 1;
        }
    }

    private static final int[][] TWO_BIT = { { 0, 2, 4, 6, 8, 10, 12, 14 } };
    private static final int[][] THREE_BIT = { { 0, 3, 6, 9, 12, 15 } };
    private static final int[][] FOUR_BIT = { { 0, 4, 8, 12 } };
    private static final int[][] FIVE_BIT = { { 0, 5, 10, 15 } };
    private static final int[][] SIX_BIT = { { 0, 6, 12 }, { 0, 6, 12 }, { 0, 6, 12, 14 } };
    private static final int[][] NONE = {};

    private static final List<Layout> LAYOUTS = List.of(
            new Layout("q2_k", 4, 2, Scales.NIBBLE_PAIRS, Codes.FIELDS, 2, TWO_BIT, false, false),
            new Layout("q3_k", 4, 2, Scales.SIGNED_PAIRS, Codes.FIELDS, 3, THREE_BIT, true, false),
            new Layout("q4_k", 4, 2, Scales.SCALE_AND_MIN, Codes.FIELDS, 4, FOUR_BIT, false, false),
            new Layout("q5_k", 4, 2, Scales.SCALE_AND_MIN, Codes.FIELDS, 5, FIVE_BIT, true, true),
            new Layout("q6_k", 4, 4, Scales.SIGNED_BYTES, Codes.FIELDS, 3, SIX_BIT, true, false),
            new Layout("iq4_xs", 2, 4, Scales.SIGNED_BYTES, Codes.WIDE_TABLE, 4, NONE, false, false),
            new Layout("q4_0", 1, 2, Scales.D_PAIR, Codes.FIELDS, 4, FOUR_BIT, true, false),
            new Layout("q4_1", 2, 1, Scales.D_AND_M, Codes.FIELDS, 4, FOUR_BIT, false, false),
            new Layout("q5_0", 1, 2, Scales.D_PAIR, Codes.FIELDS, 5, FIVE_BIT, true, false),
            new Layout("q5_1", 2, 1, Scales.D_AND_M, Codes.FIELDS, 5, FIVE_BIT, true, true),
            new Layout("iq4_nl", 1, 2, Scales.D_PAIR, Codes.WIDE_TABLE, 4, NONE, false, false),
            new Layout("q8_0", 1, 2, Scales.D_PAIR, Codes.BYTES, 8, NONE, false, false),
            new Layout("mxfp4", 1, 4, Scales.EXPONENTS, Codes.SMALL_TABLE, 4, NONE, true, false));

    private static final String WIDE = """
            /**
             * Products of one block of two panels with activation rows, added to acc: generated, see PanelKernelGenerator. A
             * method covers as many of a panel's sixteen rows as its vectors have lanes; at points to the first of these in the
             * first line, and the second panel lies next bytes behind the first. x holds prepared activations, x0 and so on say
             * where those of each activation row begin; dx, dx0 and so on the same for their scales. acc has 32 values for each
             * activation row, 16 a panel; sums is memory for 128 values. one is 1, and C2 must not know it: it splits a short
             * loop into three to be rid of range checks, which made products of two and four rows with Q4_K take a tenth longer
             * than with the checks.
             */
            """;

    private static final String NARROW = """
            /**
             * Products of one block of a panel with activation rows, added to acc, for vectors that are shorter than a line:
             * generated, see PanelKernelGenerator. A method covers two vectors of a panel's rows; at points to the first of these
             * in the first line. x holds prepared activations, x0 and x1 say where those of each activation row begin; dx, dx0
             * and dx1 the same for their scales. acc has 32 values for each activation row. one is 1 and line is 64, and C2 must
             * know neither: it splits a loop whose addresses it understands into three or more to be rid of range checks, which
             * took half of the time of loops that are as short as these.
             */
            """;

    private static final String HEADER = """
            package dev.kimilinear.engine.kernel.vector;

            import static dev.kimilinear.engine.kernel.vector.Lanes.BYTE;
            import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
            import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
            import static dev.kimilinear.engine.kernel.vector.Lanes.L;
            import static dev.kimilinear.engine.kernel.vector.Lanes.SHORT;
            import static java.nio.ByteOrder.LITTLE_ENDIAN;
            import static jdk.incubator.vector.VectorOperators.ASHR;
            import static jdk.incubator.vector.VectorOperators.I2F;
            import static jdk.incubator.vector.VectorOperators.LSHL;
            import static jdk.incubator.vector.VectorOperators.LSHR;

            import java.lang.foreign.MemorySegment;

            import dev.kimilinear.engine.gguf.GgmlType;
            import jdk.incubator.vector.ByteVector;
            import jdk.incubator.vector.FloatVector;
            import jdk.incubator.vector.IntVector;
            import jdk.incubator.vector.ShortVector;

            DESCRIPTIONfinal class NAME {

                private static final IntVector HALF = IntVector.broadcast(INT, 0x8FFFE000);
                private static final IntVector BYTE_MASK = IntVector.broadcast(INT, 0xFF);
                private static final IntVector NIBBLE_MASK = IntVector.broadcast(INT, 0xF);
                private static final ByteVector NIBBLES = ByteVector.broadcast(BYTE, (byte) 0xF);
                /** Values of MXFP4 plus 12. */
                private static final ByteVector SMALL_TABLE = table(12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0);
                /** Values of the IQ4 formats plus 127. */
                private static final ByteVector WIDE_TABLE = table(0, 23, 44, 62, 78, 92, 105, 117, 128, 140, 152, 165, 180, 196,
                        216, 240);

                private NAME() {
                }

                private static ByteVector table(int... values) {
                    byte[] bytes = new byte[BYTE.length()];
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[i] = (byte) values[i % values.length];
                    }
                    return ByteVector.fromArray(BYTE, bytes, 0);
                }
            """;

    /**
     * Vectors of weights that a method covers. C2 reads a prepared value straight into a vector only if it
     * is used twice, and goes through a general register otherwise, which took two thirds of the time.
     */
    private static final int VECTORS = 2;
    private static final int LINE_BYTES = 64;

    private final StringBuilder out = new StringBuilder();
    private int indent = 1;

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0], "dev", "kimilinear", "engine", "kernel", "vector");
        Files.createDirectories(folder);
        PanelKernelGenerator wide = new PanelKernelGenerator(false);
        wide.header("PanelKernels", WIDE);
        wide.methods(1, 2, 4);
        wide.knowsFour();
        wide.write(folder.resolve("PanelKernels.java"));
        PanelKernelGenerator narrow = new PanelKernelGenerator(true);
        narrow.header("NarrowPanelKernels", NARROW);
        narrow.methods(1, 2);
        narrow.write(folder.resolve("NarrowPanelKernels.java"));
    }

    /** Whether the two vectors of a method are parts of one line, and not a line of each of two panels. */
    private final boolean narrow;
    private Layout layout;
    private int rows;

    private PanelKernelGenerator(boolean narrow) {
        this.narrow = narrow;
    }

    private void header(String name, String description) {
        out.append(HEADER.replace("DESCRIPTION", description).replace("NAME", name));
    }

    private void methods(int... numbersOfRows) {
        for (Layout layout : LAYOUTS) {
            for (int rows : numbersOfRows) {
                if (rows < 4 || layout.fours()) {
                    method(layout, rows);
                }
            }
        }
        for (int rows : numbersOfRows) {
            dispatch(rows);
        }
    }

    private void write(Path file) throws IOException {
        out.append("}\n");
        String source = out.toString();
        // An unchanged file keeps its time, so that nothing is compiled anew.
        if (!Files.exists(file) || !Files.readString(file).equals(source)) {
            Files.writeString(file, source);
        }
    }

    private void dispatch(int rows) {
        out.append('\n');
        line("static void multiply%d(GgmlType type, %s) {", rows, String.join(", ", parameters(rows)));
        indent++;
        open("switch (type)");
        for (Layout layout : LAYOUTS) {
            if (rows < 4 || layout.fours()) {
                line("case %s -> %s_%d(%s);", layout.name().toUpperCase(Locale.ROOT), layout.name(), rows,
                        names(parameters(rows)));
            }
        }
        line("default -> throw new IllegalArgumentException(type.name());");
        close();
        close();
    }

    private void knowsFour() {
        out.append('\n');
        line("/** Whether {@link #multiply4} knows a type. */");
        open("static boolean knowsFour(GgmlType type)");
        open("return switch (type)");
        line("case %s -> true;", LAYOUTS.stream().filter(Layout::fours).map(l -> l.name().toUpperCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
        line("default -> false;");
        indent--;
        line("};");
        close();
    }

    private static String names(List<String> parameters) {
        return parameters.stream().map(parameter -> parameter.substring(parameter.indexOf(' ') + 1))
                .collect(Collectors.joining(", "));
    }

    private List<String> parameters(int rows) {
        List<String> parameters = new ArrayList<>(List.of("MemorySegment w", "long at"));
        if (!narrow) {
            parameters.add("long next");
        }
        parameters.add("int[] x");
        for (int t = 0; t < rows; t++) {
            parameters.add("int x" + t);
        }
        parameters.add("float[] dx");
        for (int t = 0; t < rows; t++) {
            parameters.add("int dx" + t);
        }
        parameters.add("float[] acc");
        parameters.add("int accAt");
        if (rows == 4) {
            parameters.add("int[] sums");
        }
        if (narrow || rows > 1) {
            parameters.add("int one");
        }
        if (narrow) {
            parameters.add("long line");
        }
        return parameters;
    }

    private void method(Layout layout, int rows) {
        this.layout = layout;
        this.rows = rows;
        out.append('\n');
        line("static void %s_%d(%s) {", layout.name(), rows, String.join(", ", parameters(rows)));
        indent++;
        if (!layout.kQuant()) {
            smallBlocks();
        } else if (rows < 4) {
            kQuant();
        } else {
            // In two methods, see above about their size.
            List<String> all = parameters(rows);
            List<String> products = new ArrayList<>(all.subList(0, all.indexOf("float[] dx")));
            products.addAll(all.subList(all.indexOf("int[] sums"), all.size()));
            all.removeLast();
            line("%s_4_products(%s);", layout.name(), names(products));
            line("%s_4_finish(%s);", layout.name(), names(all));
            close();
            out.append('\n');
            open("private static void %s_4_products(%s)", layout.name(), String.join(", ", products));
            integerSums();
            each((v, t) -> line("i%d%d.intoArray(sums, %d * L);", v, t, 2 * t + v));
            close();
            out.append('\n');
            open("private static void %s_4_finish(%s)", layout.name(), String.join(", ", all));
            finish();
        }
        indent--;
        line("}");
    }

    /** Sums of minima, and the float part of a block with minima. */
    private void finish() {
        line("IntVector zero = IntVector.zero(INT);");
        each((v, t) -> line("IntVector m%d%d = zero;", v, t));
        line("long p = at;");
        line("int k = %d;", groupLength() - 1);
        open("for (int q = 0; q < %d; q++)", layout.scaleLines());
        for (int v = 0; v < VECTORS; v++) {
            line("IntVector s%d = %s.lanewise(LSHR, 8);", v, load("IntVector", "INT", v));
        }
        line("p += %d;", (1 + layout.groups() * layout.lines()) * LINE_BYTES);
        open("for (int g = 0; g < %d; g++)", layout.groups());
        for (int v = 0; v < VECTORS; v++) {
            line("IntVector f%d = s%d.and(BYTE_MASK);", v, v);
        }
        each((v, t) -> line("m%d%d = m%d%d.add(f%d.mul(%s));", v, t, v, t, v, prepared(t, 0)));
        for (int v = 0; v < VECTORS; v++) {
            line("s%d = s%d.lanewise(LSHR, 16);", v, v);
        }
        line("k += %d;", groupLength());
        close();
        close();
        loadBlockScales();
        each((v, t) -> line("IntVector i%d%d = IntVector.fromArray(INT, sums, %d * L);", v, t, 2 * t + v));
        accumulate();
    }

    /** Prepared values of a group. */
    private int groupLength() {
        return (layout.starts() ? 1 : 0) + layout.lines() * layout.shifts(0).length + (layout.corrects() ? 1 : 0) + 1;
    }

    /** One block of 256 columns: integers throughout, floats at the end. */
    private void kQuant() {
        integerSums();
        loadBlockScales();
        accumulate();
    }

    /** Sums of products times scales and, where they are not left to {@link #finish}, of minima times sums of activations. */
    private void integerSums() {
        line("IntVector zero = IntVector.zero(INT);");
        each((v, t) -> line("IntVector i%d%d = zero;", v, t));
        if (layout.hasMin() && rows < 4) {
            each((v, t) -> line("IntVector m%d%d = zero;", v, t));
        }
        begin();
        open("for (int q = 0; q < %d; q++)", layout.scaleLines());
        loadScales();
        open("for (int g = 0; g < %d; g++)", layout.groups());
        sums();
        if (layout.scales() == Scales.SCALE_AND_MIN) {
            for (int v = 0; v < VECTORS; v++) {
                line("IntVector f%d = s%d.and(BYTE_MASK);", v, v);
                if (rows < 4) {
                    line("IntVector g%d = s%d.lanewise(LSHR, 8).and(BYTE_MASK);", v, v);
                }
            }
        }
        halves();
        each((v, t) -> addScaled(v, t));
        tookSums();
        String shift = layout.scales() == Scales.SIGNED_BYTES ? "8" : "16";
        for (int v = 0; v < VECTORS; v++) {
            line("s%d = s%d.lanewise(LSHR, %s);", v, v, shift);
        }
        close();
        close();
    }

    /** d, and n for dmin. */
    private void loadBlockScales() {
        for (int v = 0; v < VECTORS; v++) {
            if (layout.hasMin()) {
                line("IntVector h%d = %s;", v, load("IntVector", "INT", v));
                line("FloatVector d%d = %s;", v, half("h" + v + ".lanewise(LSHL, 16)"));
                line("FloatVector n%d = %s;", v, half("h" + v));
            } else {
                line("FloatVector d%d = %s;", v, load("FloatVector", "FLOAT", v));
            }
        }
    }

    /** Adds the integer sums of a block. */
    private void accumulate() {
        each((v, t) -> {
            line("FloatVector c%d%d = %s;", v, t, loadAcc(v, t));
            line("c%d%d = ((FloatVector) i%d%d.convert(I2F, 0)).fma(d%d.mul(dx[dx%d]), c%d%d);", v, t, v, t, v, t, v, t);
            if (layout.hasMin()) {
                line("c%d%d = ((FloatVector) m%d%d.convert(I2F, 0)).fma(n%d.mul(-dx[dx%d]), c%d%d);", v, t, v, t, v, t, v, t);
            }
            line("c%d%d.intoArray(acc, %s);", v, t, accAt(v, t));
        });
    }

    /** A few blocks of 32 columns, each with its own float scale. */
    private void smallBlocks() {
        each((v, t) -> line("FloatVector c%d%d = %s;", v, t, loadAcc(v, t)));
        begin();
        int blocks = layout.scaleLines() * layout.groups();
        boolean loop = layout.groups() > 1;
        if (loop) {
            loadScales();
        }
        if (narrow) {
            line("int e = 0;");
        }
        open("for (int b = 0; b < %d; b++)", blocks);
        if (!loop) {
            loadScales();
        }
        sums();
        halves();
        for (int v = 0; v < VECTORS; v++) {
            line("FloatVector d%d = %s;", v, switch (layout.scales()) {
                case EXPONENTS -> "s" + v + ".and(BYTE_MASK).lanewise(LSHL, 23).reinterpretAsFloats()";
                default -> half("s" + v + ".lanewise(LSHL, 16)");
            });
            if (layout.scales() == Scales.D_AND_M) {
                line("FloatVector n%d = %s;", v, half("s" + v));
            } else {
                line("s%d = s%d.lanewise(LSHR, %d);", v, v, layout.scales() == Scales.EXPONENTS ? 8 : 16);
            }
        }
        each((v, t) -> {
            // Halved: an exponent byte stands for 2^(e - 128), and a float exponent has a bias of 127.
            String dx = "dx[dx" + t + (narrow ? " + e]" : " + b]");
            String scale = layout.scales() == Scales.EXPONENTS ? "0.5f * " + dx : dx;
            line("c%d%d = ((FloatVector) %s.convert(I2F, 0)).fma(d%d.mul(%s), c%d%d);", v, t, widened(v, t), v, scale, v, t);
            if (layout.scales() == Scales.D_AND_M) {
                line("c%d%d = FloatVector.broadcast(FLOAT, (float) %s).fma(n%d.mul(%s), c%d%d);", v, t,
                        prepared(t, layout.corrects() ? 1 : 0), v, dx, v, t);
            }
        });
        tookSums();
        if (narrow) {
            line("e += one;");
        }
        close();
        each((v, t) -> line("c%d%d.intoArray(acc, %s);", v, t, accAt(v, t)));
    }

    private void loadScales() {
        for (int v = 0; v < VECTORS; v++) {
            line("IntVector s%d = %s;", v, load("IntVector", "INT", v));
        }
        passLines(1);
    }

    /** Sums of one group of codes, into a (16-bit halves), or p and h (wide codes). */
    private void sums() {
        switch (layout.codes()) {
            case FIELDS -> fieldSums();
            case SMALL_TABLE -> {
                start();
                open("for (int l = 0; l < %d; l++)", layout.lines());
                for (int v = 0; v < VECTORS; v++) {
                    lookUp(v);
                }
                for (int v = 0; v < VECTORS; v++) {
                    line("ShortVector u%d = l%d.lanewise(LSHR, 8);", v, v);
                    line("ShortVector w%d = h%d.lanewise(LSHR, 8);", v, v);
                }
                for (int t = 0; t < rows; t++) {
                    for (int i = 0; i < 4; i++) {
                        line("ShortVector x%d%d = %s;", t, i, activation(t, i));
                        for (int v = 0; v < VECTORS; v++) {
                            line("a%d%d = a%d%d.add(%s%d.mul(x%d%d));", v, t, v, t, "lhuw".charAt(i), v, t, i);
                        }
                    }
                }
                passLines(1);
                passInLoop(4);
                close();
            }
            case WIDE_TABLE -> {
                wideZero();
                open("for (int l = 0; l < %d; l++)", layout.lines());
                for (int v = 0; v < VECTORS; v++) {
                    line("ShortVector w%d = %s;", v, load("ShortVector", "SHORT", v));
                }
                // A loop over the nibbles of a byte, not both in a row: with two activation rows that is too many operations.
                open("for (int n = 0; n < 2; n++)");
                for (int v = 0; v < VECTORS; v++) {
                    line("ShortVector v%d = w%d.reinterpretAsBytes().and(NIBBLES).selectFrom(WIDE_TABLE)"
                            + ".reinterpretAsShorts();", v, v);
                }
                wideTerms();
                for (int v = 0; v < VECTORS; v++) {
                    line("w%d = w%d.lanewise(LSHR, 4);", v, v);
                }
                pass(3);
                close();
                passLines(1);
                close();
            }
            case BYTES -> {
                wideZero();
                open("for (int l = 0; l < %d; l++)", layout.lines());
                for (int v = 0; v < VECTORS; v++) {
                    line("ShortVector v%d = %s;", v, load("ShortVector", "SHORT", v));
                }
                wideTerms();
                passLines(1);
                pass(3);
                close();
            }
        }
    }

    private void fieldSums() {
        start();
        if (layout.loopsOverFields()) {
            fieldLoop();
        } else if ((narrow || rows > 1) && !layout.uniformLines()) {
            lastLineLonger();
        } else if (layout.uniformLines()) {
            int unrolled = !narrow && rows == 1 && layout.lines() % 2 == 0 ? 2 : 1;
            open("for (int l = 0; l < %d; l++)", layout.lines() / unrolled);
            int fields = layout.shifts(0).length;
            for (int u = 0; u < unrolled; u++) {
                fieldLine(u, u, u * fields);
            }
            passLines(unrolled);
            passInLoop(unrolled * fields);
            close();
        } else {
            int at = 0;
            for (int l = 0; l < layout.lines(); l++) {
                fieldLine(l, l, at);
                at += layout.shifts(l).length;
            }
            passLines(layout.lines());
            pass(at);
        }
    }

    /** Lines of the same fields in a loop, and what the last line has besides. */
    private void lastLineLonger() {
        int[] fields = layout.shifts(0);
        int[] last = layout.shifts(layout.lines() - 1);
        for (int v = 0; v < VECTORS; v++) {
            line("ShortVector v%d = ShortVector.zero(SHORT);", v);
        }
        open("for (int l = 0; l < %d; l++)", layout.lines());
        for (int v = 0; v < VECTORS; v++) {
            line("v%d = %s;", v, load("ShortVector", "SHORT", v));
        }
        for (int f = 0; f < fields.length; f++) {
            field("", f, fields[f], f);
        }
        passLines(1);
        passInLoop(fields.length);
        close();
        for (int f = fields.length; f < last.length; f++) {
            field("", f, last[f], f - fields.length);
        }
        pass(last.length - fields.length);
    }

    /** The terms of one field of the words v of a line, whose activation is at k + at. */
    private void field(String line, int f, int shift, int at) {
        String[] fields = new String[VECTORS];
        for (int v = 0; v < VECTORS; v++) {
            fields[v] = "v" + v + line;
            if (shift > 0) {
                line("ShortVector f%d%s%d = %s.lanewise(LSHR, %d);", v, line, f, fields[v], shift);
                fields[v] = "f" + v + line + f;
            }
        }
        for (int t = 0; t < rows; t++) {
            line("ShortVector x%d%s%d = %s;", t, line, f, activation(t, at));
            for (int v = 0; v < VECTORS; v++) {
                line("a%d%d = a%d%d.add(%s.mul(x%d%s%d));", v, t, v, t, fields[v], t, line, f);
            }
        }
    }

    /** Fields of one width in a loop. */
    private void fieldLoop() {
        open("for (int l = 0; l < %d; l++)", layout.lines());
        for (int v = 0; v < VECTORS; v++) {
            line("ShortVector v%d = %s;", v, load("ShortVector", "SHORT", v));
        }
        open("for (int f = 0; f < %d; f++)", layout.shifts(0).length / 2);
        field("", 0, 0, 0);
        field("", 1, layout.shifts(0)[1], 1);
        for (int v = 0; v < VECTORS; v++) {
            line("v%d = v%d.lanewise(LSHR, %d);", v, v, layout.shifts(0)[2]);
        }
        pass(2);
        close();
        passLines(1);
        close();
    }

    /** Where a method begins to read. */
    private void begin() {
        line("long p = at;");
        line("int k = 0;");
    }

    /** The prepared value of an activation row, so many after the next one. */
    private static String prepared(int t, int at) {
        return "x[x" + t + " + k" + (at == 0 ? "]" : " + " + at + "]");
    }

    /** Steps over prepared values. */
    private void pass(int count) {
        if (narrow) {
            line("k += %d * one;", count);
        } else {
            line("k += %d;", count);
        }
    }

    /** The same at the end of a loop that C2 would split. */
    private void passInLoop(int count) {
        if (rows > 1) {
            line("k += %d * one;", count);
        } else {
            pass(count);
        }
    }

    /** Steps over lines. */
    private void passLines(int count) {
        if (narrow) {
            line("p += %sline;", count == 1 ? "" : count + " * ");
        } else {
            line("p += %d;", count * LINE_BYTES);
        }
    }

    /** The terms of one line, lineAhead lines from p, whose first activation is at k + at. */
    private void fieldLine(int l, int lineAhead, int at) {
        for (int v = 0; v < VECTORS; v++) {
            line("ShortVector v%d%d = ShortVector.fromMemorySegment(SHORT, w, p%s%s, LITTLE_ENDIAN);", v, l,
                    lineAhead == 0 ? "" : " + " + lineAhead * LINE_BYTES, panel(v));
        }
        int[] shifts = layout.shifts(l);
        for (int f = 0; f < shifts.length; f++) {
            field(String.valueOf(l), f, shifts[f], at + f);
        }
    }

    private void start() {
        if (layout.starts()) {
            each((v, t) -> line("ShortVector a%d%d = %s;", v, t, v == 0 ? activation(t, 0) : "a0" + t));
            pass(1);
        } else {
            line("ShortVector none = ShortVector.zero(SHORT);");
            each((v, t) -> line("ShortVector a%d%d = none;", v, t));
        }
    }

    private void wideZero() {
        each((v, t) -> {
            line("IntVector p%d%d = IntVector.zero(INT);", v, t);
            line("IntVector h%d%d = IntVector.zero(INT);", v, t);
        });
    }

    private void lookUp(int v) {
        line("ByteVector v%d = %s;", v, load("ByteVector", "BYTE", v));
        line("ShortVector l%d = v%d.and(NIBBLES).selectFrom(SMALL_TABLE).reinterpretAsShorts();", v, v);
        line("ShortVector h%d = v%d.reinterpretAsShorts().lanewise(LSHR, 4).reinterpretAsBytes().and(NIBBLES)"
                + ".selectFrom(SMALL_TABLE).reinterpretAsShorts();", v, v);
    }

    /** Two products and their offset, exact in 16 bits; the low half is unsigned, so that whole lanes can be added. */
    private void wideTerms() {
        for (int v = 0; v < VECTORS; v++) {
            line("ShortVector u%d = v%d.lanewise(LSHR, 8);", v, v);
        }
        for (int t = 0; t < rows; t++) {
            for (int i = 0; i < 3; i++) {
                line("ShortVector x%d%d = %s;", t, i, activation(t, i));
            }
            for (int v = 0; v < VECTORS; v++) {
                line("IntVector r%d%d = v%d.mul(x%d1).add(u%d.mul(x%d2)).add(x%d0).reinterpretAsInts();", v, t, v, t, v, t, t);
                line("p%d%d = p%d%d.add(r%d%d);", v, t, v, t, v, t);
                line("h%d%d = h%d%d.add(r%d%d.lanewise(ASHR, 16));", v, t, v, t, v, t);
            }
        }
    }

    /** The exact sum of a group as an expression. */
    private String widened(int v, int t) {
        if (layout.codes() == Codes.WIDE_TABLE || layout.codes() == Codes.BYTES) {
            // Eight sums a half were made 32768 larger.
            return String.format("p%d%d.sub(h%d%d.lanewise(LSHL, 16)).add(h%d%d).sub(8 * 32768)", v, t, v, t, v, t);
        }
        String sum = low(v, t) + ".add(" + high(v, t) + ")";
        return layout.corrects() ? sum + ".add(" + prepared(t, 0) + ")" : sum;
    }

    /** Both halves of a sum in one word. */
    private void halves() {
        if (layout.codes() == Codes.FIELDS || layout.codes() == Codes.SMALL_TABLE) {
            each((v, t) -> line("IntVector e%d%d = a%d%d.reinterpretAsInts();", v, t, v, t));
        }
    }

    private static String low(int v, int t) {
        return String.format("e%d%d.lanewise(LSHL, 16).lanewise(ASHR, 16)", v, t);
    }

    private static String high(int v, int t) {
        return String.format("e%d%d.lanewise(ASHR, 16)", v, t);
    }

    /** Adds a group's sum times its scale, and the sum of its activations times its minimum. */
    private void addScaled(int v, int t) {
        switch (layout.scales()) {
            case SIGNED_BYTES ->
                line("i%d%d = i%d%d.add(%s.mul(s%d.lanewise(LSHL, 24).lanewise(ASHR, 24)));", v, t, v, t, widened(v, t), v);
            case SIGNED_PAIRS -> {
                line("i%d%d = i%d%d.add(%s.mul(s%d.lanewise(LSHL, 24).lanewise(ASHR, 24)));", v, t, v, t, low(v, t), v);
                line("i%d%d = i%d%d.add(%s.mul(s%d.lanewise(LSHL, 16).lanewise(ASHR, 24)));", v, t, v, t, high(v, t), v);
            }
            case SCALE_AND_MIN -> {
                line("i%d%d = i%d%d.add(%s.mul(f%d));", v, t, v, t, widened(v, t), v);
                if (rows < 4) {
                    line("m%d%d = m%d%d.add(g%d.mul(%s));", v, t, v, t, v, prepared(t, layout.corrects() ? 1 : 0));
                }
            }
            case NIBBLE_PAIRS -> {
                line("i%d%d = i%d%d.add(%s.mul(s%d.and(NIBBLE_MASK)));", v, t, v, t, low(v, t), v);
                line("i%d%d = i%d%d.add(%s.mul(s%d.lanewise(LSHR, 8).and(NIBBLE_MASK)));", v, t, v, t, high(v, t), v);
                line("m%d%d = m%d%d.add(s%d.lanewise(LSHR, 4).and(NIBBLE_MASK).mul(%s));", v, t, v, t, v,
                        prepared(t, 0));
                line("m%d%d = m%d%d.add(s%d.lanewise(LSHR, 12).and(NIBBLE_MASK).mul(%s));", v, t, v, t, v,
                        prepared(t, 1));
            }
            default -> throw new IllegalStateException(layout.scales().name());
        }
    }

    /** Steps over the prepared values at the end of a group: a correction, then sums of activations. */
    private void tookSums() {
        int taken = (layout.corrects() ? 1 : 0) + switch (layout.scales()) {
            case SCALE_AND_MIN, D_AND_M -> 1;
            case NIBBLE_PAIRS -> 2;
            default -> 0;
        };
        if (taken > 0) {
            pass(taken);
        }
    }

    private static String activation(int t, int at) {
        return "IntVector.broadcast(INT, " + prepared(t, at) + ").reinterpretAsShorts()";
    }

    /** How far a vector is from the first one. */
    private String panel(int v) {
        return v == 0 ? "" : narrow ? " + 4 * L" : " + next";
    }

    private String load(String type, String species, int v) {
        return type + ".fromMemorySegment(" + species + ", w, p" + panel(v) + ", LITTLE_ENDIAN)";
    }

    /**
     * The upper 16 bits of int lanes as half floats: exponent and fraction go to where a float has them, and the difference of
     * the biases is made up by an exact factor.
     */
    private static String half(String bits) {
        return bits + ".lanewise(ASHR, 3).and(HALF).reinterpretAsFloats().mul(0x1p112f)";
    }

    private String loadAcc(int v, int t) {
        return "FloatVector.fromArray(FLOAT, acc, " + accAt(v, t) + ")";
    }

    private String accAt(int v, int t) {
        int at = t * 32 + (narrow ? 0 : v * 16);
        return "accAt" + (at == 0 ? "" : " + " + at) + (narrow && v == 1 ? " + L" : "");
    }

    private interface Each {
        void at(int vector, int row);
    }

    private void each(Each each) {
        for (int v = 0; v < VECTORS; v++) {
            for (int t = 0; t < rows; t++) {
                each.at(v, t);
            }
        }
    }

    private void open(String text, Object... arguments) {
        line(text + " {", arguments);
        indent++;
    }

    private void close() {
        indent--;
        line("}");
    }

    private void line(String text, Object... arguments) {
        out.repeat("    ", indent).append(arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments))
                .append('\n');
    }
}
