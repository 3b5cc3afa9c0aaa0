package dev.kimilinear.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufWriter.Value;

/** Damaged and malicious files end in a {@link ModelFormatException} that names the file, and in nothing else. */
class HostileFileTest {

    /**
     * What opening a file of a kilobyte and asking for all it holds may allocate, refused or not. It takes some 20 KiB; a
     * count that is believed before it is checked asks for far more.
     */
    private static final long ALLOCATION_LIMIT_BYTES = 1 << 20;

    private static final com.sun.management.ThreadMXBean THREADS = (com.sun.management.ThreadMXBean) ManagementFactory
            .getThreadMXBean();

    @TempDir
    Path folder;

    /** So that loading classes does not count as allocation. */
    @BeforeEach
    void openASoundFileAndAWrongOne() throws IOException {
        try (GgufFile file = GgufFile.open(everything().write(folder.resolve("warm.gguf")))) {
            touch(file);
        }
        assertThatThrownBy(() -> GgufFile.open(Files.write(folder.resolve("wrong.gguf"), new byte[99])))
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void theFileThatIsDamagedBelowIsSound() throws IOException {
        assertThat(attempt("sound", everything().toByteArray())).isEmpty();
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] sound = everything().toByteArray();
        for (int length = 0; length < sound.length; length++) {
            byte[] truncated = Arrays.copyOf(sound, length);
            assertThat(attempt("cut to " + length + " bytes", truncated)).as("cut to %d bytes", length).isPresent();
        }
    }

    @Test
    void randomByteFlipsAreRefusedOrHarmless() throws IOException {
        byte[] sound = everything().toByteArray();
        Random random = new Random(20_252);
        int refused = 0;
        for (int round = 0; round < 4_000; round++) {
            byte[] flipped = sound.clone();
            StringBuilder flips = new StringBuilder("round " + round + ":");
            for (int i = random.nextInt(4); i >= 0; i--) {
                int position = random.nextInt(flipped.length);
                flipped[position] ^= (byte) (1 + random.nextInt(255));
                flips.append(" byte ").append(position).append(" = ").append(flipped[position]);
            }
            refused += attempt(flips.toString(), flipped).isPresent() ? 1 : 0;
        }
        assertThat(refused).isBetween(1_000, 3_999);
    }

    /** Not only where counts are: every place of the directory reads as something. */
    @ParameterizedTest
    @ValueSource(longs = { -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE / 8, 1L << 62, 1L << 32, 1L << 31,
            Integer.MAX_VALUE,
            1 << 16, 2_000, 0 })
    void absurdNumbersAnywhereAreRefusedOrHarmless(long absurd) throws IOException {
        byte[] sound = everything().toByteArray();
        int header = everything().header().length;
        int refused = 0;
        for (int position = 0; position <= header - 8; position++) {
            byte[] patched = sound.clone();
            MemorySegment.ofArray(patched).set(LittleEndian.LONG, position, absurd);
            refused += attempt(absurd + " as u64 at byte " + position, patched).isPresent() ? 1 : 0;
            patched = sound.clone();
            MemorySegment.ofArray(patched).set(LittleEndian.INT, position, (int) absurd);
            refused += attempt((int) absurd + " as u32 at byte " + position, patched).isPresent() ? 1 : 0;
        }
        assertThat(refused).isPositive();
    }

    @Test
    void aFileThatIsTooShortForAHeaderIsRefused() throws IOException {
        refused(new byte[0], "it has 0 bytes, but the header of a GGUF file alone has 24");
        refused("GGUF".getBytes(StandardCharsets.US_ASCII), "it has 4 bytes,");
    }

    @Test
    void aMissingFileAndAFolderAreRefused() {
        assertThatThrownBy(() -> GgufFile.open(folder.resolve("absent.gguf"))).isInstanceOf(ModelFormatException.class)
                .hasMessage("Cannot open model \"" + folder.resolve("absent.gguf") + "\": there is no such file.");
        assertThatThrownBy(() -> GgufFile.open(folder)).isInstanceOf(ModelFormatException.class)
                .hasMessage("Cannot open model \"" + folder + "\": it is not a regular file.");
    }

    @Test
    void anotherMagicIsShown() throws IOException {
        byte[] bytes = everything().toByteArray();
        bytes[0] = 'P';
        bytes[1] = 'K';
        refused(bytes, "it begins with the bytes 50 4b 55 46, expected 47 47 55 46 (\"GGUF\")");
    }

    @Test
    void aBigEndianFileIsRecognised() throws IOException {
        byte[] byVersion = everything().toByteArray();
        MemorySegment.ofArray(byVersion).set(LittleEndian.INT, 4, Integer.reverseBytes(3));
        refused(byVersion, "it is a big-endian GGUF file, expected little endian. Convert it to little endian first");
        byte[] byMagic = everything().toByteArray();
        MemorySegment.ofArray(byMagic).set(LittleEndian.INT, 0,
                Integer.reverseBytes(MemorySegment.ofArray(byMagic).get(LittleEndian.INT, 0)));
        refused(byMagic, "it is a big-endian GGUF file");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 1, 4, -1 })
    void anotherVersionIsRefused(int version) throws IOException {
        refused(everything().version(version).toByteArray(),
                "it has GGUF version " + Integer.toUnsignedString(version) + ", expected 2 or 3");
    }

    @Test
    void countsBeyondTheFileAreRefusedWithBothNumbers() throws IOException {
        byte[] bytes = everything().toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, 8, -1);
        refused(bytes, "it claims 18446744073709551615 tensors at byte 8, but the " + (bytes.length - 16)
                + " bytes that follow hold at most " + (bytes.length - 16) / 32);
        bytes = everything().toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, 16, 1_000_000);
        refused(bytes, "it claims 1000000 keys at byte 16");
    }

    /** A large file could hold the directory that it claims: the limit is what keeps the heap small then. */
    @Test
    void moreKeysOrTensorsThanAnyModelHasAreRefused() throws IOException {
        for (int position : new int[] { 8, 16 }) {
            byte[] bytes = everything().header();
            MemorySegment.ofArray(bytes).set(LittleEndian.LONG, position, 65_537);
            Path path = Files.write(folder.resolve("claims-" + position + ".gguf"), bytes);
            extend(path, 1 << 23);
            assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining(
                            "it claims 65537 " + (position == 8 ? "tensors" : "keys") + ", expected at most 65536");
        }
    }

    @Test
    void aHugeArrayIsNotDecodedUnlessItIsAskedForAndThenRefused() throws IOException {
        int count = 1 << 28;
        byte[] bytes = new GgufWriter().put("huge", Value.array(ValueType.U8, List.of())).header();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "huge") + 4 + 8, count);
        Path path = Files.write(folder.resolve("huge.gguf"), bytes);
        extend(path, count + bytes.length);

        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> file.metadata().integers("huge")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("key \"huge\" has 268435456 elements, expected at most 4194304");
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 * ALLOCATION_LIMIT_BYTES);
    }

    @Test
    void aHugeStringIsNotDecodedUnlessItIsAskedForAndThenRefused() throws IOException {
        int length = 1 << 28;
        byte[] bytes = new GgufWriter().put("huge", "").put("list", Value.strings(List.of())).header();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, 16, 1);
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "huge") + 4 + 4, length);
        Path path = Files.write(folder.resolve("huge.gguf"), bytes);
        extend(path, length + bytes.length);

        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> file.metadata().string("huge")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("key \"huge\" has a string of 268435456 bytes, expected at most 16777216");
        }
    }

    @Test
    void aLongNameIsRefused() throws IOException {
        refused(new GgufWriter().put("k".repeat(257), 1).toByteArray(),
                "the name of key 0 at byte 24 has 257 bytes, expected at most 256");
    }

    @Test
    void anUnknownTypeOfAValueIsRefused() throws IOException {
        refused(new GgufWriter().put("key", new Value(13, new byte[8])).toByteArray(),
                "the value of key \"key\" has type 13 at byte 35, expected 0 to 12");
        byte[] array = { 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        refused(new GgufWriter().put("key", new Value(9, array)).toByteArray(),
                "the value of key \"key\" has type 99 at byte 39, expected 0 to 12");
    }

    @Test
    void anArrayLongerThanTheFileIsRefusedWithBothNumbers() throws IOException {
        byte[] bytes = new GgufWriter().put("key", Value.i32s(1, 2)).toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "key") + 3 + 8, 3_000);
        refused(bytes,
                "it claims 3000 elements in the value of key \"key\" at byte 43, but the 13 bytes that follow hold at most 3");
    }

    @Test
    void aStringLongerThanTheFileIsRefused() throws IOException {
        byte[] bytes = new GgufWriter().put("key", "value").toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "key") + 3 + 4, 5_000_000_000L);
        refused(bytes, "the value of key \"key\" at byte 47 needs 5000000000 bytes, but the file ends after 17 more; "
                + "it is damaged or incomplete");
    }

    @Test
    void aKeyThatOccursTwiceIsRefused() throws IOException {
        byte[] bytes = new GgufWriter().put("key.a", 1).put("key.b", 2).toByteArray();
        bytes[indexOf(bytes, "key.b") + 4] = 'a';
        refused(bytes, "key \"key.a\" occurs twice, expected once");
    }

    @Test
    void aTensorThatOccursTwiceIsRefused() throws IOException {
        byte[] bytes = new GgufWriter().tensor("blk.a", new float[1], 1).tensor("blk.b", new float[1], 1).toByteArray();
        bytes[indexOf(bytes, "blk.b") + 4] = 'a';
        refused(bytes, "tensor \"blk.a\" occurs twice, expected once");
    }

    @ParameterizedTest
    @CsvSource({ "16,IQ2_XXS", "18,IQ3_XXS", "29,IQ1_M", "34,TQ1_0", "26,I32", "4,Q4_2", "40,NVFP4", "999,unknown",
            "-1,unknown" })
    void anUnsupportedTensorTypeIsRefusedByNameWithThoseSupported(int type, String name) throws IOException {
        refused(new GgufWriter().tensor("blk.3.ffn_down.weight", type, new byte[66], 256).toByteArray(),
                "tensor \"blk.3.ffn_down.weight\" has type " + Integer.toUnsignedString(type) + " (" + name
                        + "), which this engine does not read. It reads F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, "
                        + "Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4");
    }

    @Test
    void everyNumberBelowTheNewestTypeHasANameOrIsSupported() {
        for (int id = 0; id <= 42; id++) {
            assertThat(GgmlType.describe(id)).startsWith(id + " (").doesNotContain("unknown");
            String name = GgmlType.describe(id);
            GgmlType.ofId(id).ifPresent(type -> assertThat(name).isEqualTo(type.id() + " (" + type.name() + ")"));
        }
    }

    @Test
    void rowsThatAreNotWholeBlocksAreRefused() throws IOException {
        refused(new GgufWriter().tensor("t", GgmlType.Q4_K, new byte[144], 128, 2).toByteArray(),
                "tensor \"t\" has shape [128, 2], expected rows (the first dimension) of a multiple of 256 elements, the block of type Q4_K");
        refused(new GgufWriter().tensor("t", GgmlType.MXFP4, new byte[34], 48).toByteArray(), "a multiple of 32 elements");
    }

    @Test
    void shapesThatCannotBeAreRefused() throws IOException {
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[4]).toByteArray(),
                "tensor \"t\" has 0 dimensions, expected 1 to 4");
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 1, 1, 1, 1, 1).toByteArray(), "has 5 dimensions");
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 4, 0).toByteArray(),
                "has shape [4, 0], expected positive");
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[4], -1).toByteArray(), "has shape [18446744073709551615]");
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[4], 1L << 31, 1L << 31, 4).toByteArray(),
                "has shape [2147483648, 2147483648, 4], expected positive dimensions whose product is a size that a file can have");
    }

    @Test
    void aTensorBeyondTheEndIsRefusedWithBothNumbers() throws IOException {
        refused(new GgufWriter().tensor("t", GgmlType.F32, new byte[40], 100).toByteArray(),
                "tensor \"t\" has 400 bytes at offset 0 of the data, but the file holds 40 bytes of data; it is damaged or incomplete");
    }

    @ParameterizedTest
    @ValueSource(longs = { 32, 1L << 40, Long.MAX_VALUE - 31, Long.MIN_VALUE, -32 })
    void anOffsetBeyondTheEndIsRefused(long offset) throws IOException {
        byte[] bytes = new GgufWriter().tensor("tensor", new float[1], 1).toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "tensor") + 6 + 4 + 8 + 4, offset);
        refused(bytes, "tensor \"tensor\" has 4 bytes at offset " + Long.toUnsignedString(offset) + " of the data");
    }

    @Test
    void aMisalignedOffsetIsRefused() throws IOException {
        byte[] bytes = new GgufWriter().tensor("tensor", new float[16], 1).toByteArray();
        MemorySegment.ofArray(bytes).set(LittleEndian.LONG, indexOf(bytes, "tensor") + 6 + 4 + 8 + 4, 4);
        refused(bytes, "tensor \"tensor\" begins at offset 4, expected a multiple of the alignment 32");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 3, 48, -32 })
    void anAlignmentThatIsNoPowerOfTwoIsRefused(int alignment) throws IOException {
        refused(new GgufWriter().put("general.alignment", Value.i32(alignment)).tensor("t", new float[1], 1).toByteArray(),
                "key \"general.alignment\" is " + alignment + ", expected a power of two");
    }

    @Test
    void keysOfTheContainerMustHaveTheirType() throws IOException {
        refused(new GgufWriter().put("general.alignment", "32").toByteArray(),
                "key \"general.alignment\" has type string, expected");
        refused(new GgufWriter().put("split.count", 3).toByteArray(), "key \"split.no\" is missing");
    }

    /** All types of values, nested arrays, three types of weights: some 1,400 bytes. */
    private static GgufWriter everything() {
        return new GgufWriter().put("general.architecture", "kimi-linear").put("u8", Value.u8(1)).put("i8", Value.i8(-1))
                .put("u16", Value.u16(2)).put("i16", Value.i16(-2)).put("u32", Value.u32(3)).put("i32", Value.i32(-3))
                .put("u64", Value.u64(4)).put("i64", Value.i64(-4)).put("f32", 1.5f).put("f64", Value.f64(2.5))
                .put("bool", true)
                .put("integers", Value.i32s(1, 2, 3)).put("reals", Value.f32s(1, 2))
                .put("strings", Value.strings(List.of("a", "bc", "", "déf")))
                .put("nested", Value.array(ValueType.ARRAY, List.of(Value.strings(List.of("x")), Value.i32s(1))))
                .put("general.alignment", 32).put("split.count", Value.u16(1)).put("split.no", Value.u16(0))
                .tensor("f32.weight", new float[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 3, 3)
                .tensor("q8.weight", GgmlType.Q8_0, new byte[68], 32, 2).tensor("q4k.weight", GgmlType.Q4_K, new byte[144], 256)
                .tensor("f16.weight", GgmlType.F16, new byte[6], 3, 1, 1, 1);
    }

    private void refused(byte[] bytes, String detail) throws IOException {
        assertThat(attempt(detail, bytes).orElseThrow())
                .startsWith("Cannot open model \"" + folder.resolve("hostile.gguf") + "\": ")
                .contains(detail).endsWith(".");
    }

    /**
     * Opens a file and reads all it holds.
     *
     * @return the message if it was refused; any other outcome fails the test
     */
    private Optional<String> attempt(String damage, byte[] bytes) throws IOException {
        Path path = overwrite(folder.resolve("hostile.gguf"), bytes);
        List<Throwable> failures = new ArrayList<>();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try (GgufFile file = GgufFile.open(path)) {
            touch(file);
        } catch (Throwable e) {
            failures.add(e);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as(damage).isBetween(0L, ALLOCATION_LIMIT_BYTES);
        for (Throwable failure : failures) {
            assertThat(failure).as(damage).isInstanceOf(ModelFormatException.class).hasMessageContaining(path.toString());
            return Optional.of(failure.getMessage());
        }
        return Optional.empty();
    }

    private static void touch(GgufFile file) {
        GgufMetadata metadata = file.metadata();
        for (String key : metadata.keys()) {
            List<Runnable> getters = List.of(() -> metadata.string(key), () -> metadata.integer(key), () -> metadata.real(key),
                    () -> metadata.bool(key, false), () -> metadata.integers(key), () -> metadata.reals(key),
                    () -> metadata.strings(key));
            for (Runnable getter : getters) {
                try {
                    getter.run();
                } catch (ModelFormatException e) {
                    // Most getters are for another type than the key's.
                }
            }
        }
        for (TensorInfo tensor : file.tensors()) {
            MemorySegment data = file.data(tensor);
            data.get(ValueLayout.JAVA_BYTE, 0);
            data.get(ValueLayout.JAVA_BYTE, data.byteSize() - 1);
        }
    }

    /** Without emptying the file first: some file systems wait for the disk after that, and there are thousands of these. */
    private static Path overwrite(Path path, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        }
        return path;
    }

    /** Makes a file longer without writing what lies between. */
    private static void extend(Path path, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), size - 1);
        }
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }
}
