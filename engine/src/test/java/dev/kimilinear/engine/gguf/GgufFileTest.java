package dev.kimilinear.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

class GgufFileTest {

    @TempDir
    Path folder;

    /** Every model of the project, the embedded one, and those of the full set where it is there. */
    static Stream<Path> models() throws IOException {
        List<Path> models = new ArrayList<>();
        models.add(Fixtures.embeddedModel());
        addModels(models, Fixtures.project("models").getParent());
        if (Fixtures.fullSet().isPresent()) {
            addModels(models, Fixtures.fullSet().get());
        }
        return models.stream();
    }

    private static void addModels(List<Path> models, Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".gguf")).sorted().forEach(models::add);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyWeightOfARealFileIsReadAndFinite(Path model) throws IOException {
        try (GgufFile file = GgufFile.open(model)) {
            assertThat(file.path()).isEqualTo(model);
            assertThat(file.bytes()).isEqualTo(Files.size(model));
            assertThat(file.metadata().string("general.architecture")).isEqualTo("kimi-linear");
            assertThat(file.metadata().strings("tokenizer.ggml.tokens")).doesNotHaveDuplicates();
            for (TensorInfo tensor : file.tensors()) {
                MemorySegment data = file.data(tensor);
                assertThat(data.byteSize()).isEqualTo(tensor.bytes());
                assertThat(data.isReadOnly()).isTrue();
                float[] row = new float[(int) tensor.dimension(0)];
                BlockFormat format = BlockFormat.of(tensor.type());
                long rowBytes = format.rowBytes(row.length);
                assertThat(tensor.bytes()).isEqualTo(tensor.elements() / row.length * rowBytes);
                for (long offset = 0; offset < tensor.bytes(); offset += rowBytes) {
                    format.decodeRow(data, offset, row.length, row, 0);
                    for (float weight : row) {
                        if (!Float.isFinite(weight)) {
                            throw new AssertionError(tensor + " holds " + weight);
                        }
                    }
                }
            }
        }
    }

    @Test
    void theTinyFixtureHasTheShapesItWasMadeWith() {
        try (GgufFile file = GgufFile.open(Fixtures.project("models/tiny-f32/model.gguf"))) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.integer("kimi-linear.block_count")).isEqualTo(5);
            assertThat(metadata.integer("kimi-linear.embedding_length")).isEqualTo(96);
            assertThat(metadata.integers("kimi-linear.attention.head_count_kv")).hasSize(5).contains(0);
            assertThat(metadata.strings("tokenizer.ggml.tokens")).hasSize(803).contains("Ġthe", "<|im_end|>");
            assertThat(metadata.optionalString("tokenizer.chat_template").orElseThrow()).contains("<|im_middle|>");
            assertThat(file.tensor("token_embd.weight")).hasValueSatisfying(embedding -> {
                assertThat(embedding.shape()).containsExactly(96L, 803L);
                assertThat(embedding.shapeText()).isEqualTo("[96, 803]");
                assertThat(embedding.type()).isEqualTo(GgmlType.F32);
                assertThat(embedding.rank()).isEqualTo(2);
                assertThat(embedding.dimension(1)).isEqualTo(803);
                assertThat(embedding.dimension(2)).isEqualTo(1);
                assertThat(embedding.elements()).isEqualTo(96L * 803);
                assertThat(embedding.bytes()).isEqualTo(4L * 96 * 803);
            });
            assertThat(file.tensor("no.such.tensor")).isEmpty();
        }
    }

    @Test
    void quantisedFixturesHaveTheTypesThatTheQuantiserReported() throws IOException {
        JsonNode recorded = new ObjectMapper().readTree(Fixtures.project("quant/tensor_types.json").toFile());
        for (String model : List.of("zoo", "q4_k_m")) {
            Map<String, TreeSet<String>> expected = new TreeMap<>();
            recorded.get(model.toUpperCase()).properties().forEach(type -> {
                TreeSet<String> names = new TreeSet<>();
                type.getValue().forEach(name -> names.add(name.asText()));
                expected.put(type.getKey(), names);
            });
            Map<String, TreeSet<String>> found = new TreeMap<>();
            try (GgufFile file = GgufFile.open(Fixtures.project("quant/" + model + "/model.gguf"))) {
                for (TensorInfo tensor : file.tensors()) {
                    found.computeIfAbsent(tensor.type().name(), type -> new TreeSet<>()).add(tensor.name());
                }
            }
            assertThat(found).as(model).isEqualTo(expected);
        }
    }

    @Test
    void versionTwoReadsLikeVersionThree() {
        Path two = small().version(2).write(folder.resolve("two.gguf"));
        Path three = small().write(folder.resolve("three.gguf"));

        assertThat(contents(two)).isEqualTo(contents(three)).hasSize(3);
    }

    @Test
    void anyPowerOfTwoIsAnAlignment() {
        for (int alignment : new int[] { 1, 8, 64, 4096 }) {
            Path path = small().alignment(alignment).write(folder.resolve(alignment + ".gguf"));
            try (GgufFile file = GgufFile.open(path)) {
                for (TensorInfo tensor : file.tensors()) {
                    assertThat(tensor.offsetBytes() % alignment).isZero();
                }
            }
            assertThat(contents(path)).isEqualTo(contents(small().write(folder.resolve(alignment + "-32.gguf"))));
        }
    }

    @Test
    void tensorsMayLieInAnotherOrderThanTheDirectorySays() throws IOException {
        byte[] bytes = new GgufWriter().tensor("first", new float[] { 1 }, 1).tensor("other", new float[] { 2 }, 1)
                .toByteArray();
        // The last eight bytes of each entry are the offset: 0 and 32, here swapped.
        int first = indexOf(bytes, "first") + 5 + 4 + 8 + 4;
        int other = indexOf(bytes, "other") + 5 + 4 + 8 + 4;
        assertThat(bytes[first]).isEqualTo((byte) 0);
        assertThat(bytes[other]).isEqualTo((byte) 32);
        bytes[first] = 32;
        bytes[other] = 0;

        try (GgufFile file = GgufFile.open(Files.write(folder.resolve("swapped.gguf"), bytes))) {
            assertThat(file.tensors()).extracting(TensorInfo::name).containsExactly("first", "other");
            assertThat(data(file, "first").get(LittleEndian.FLOAT, 0)).isEqualTo(2);
            assertThat(data(file, "other").get(LittleEndian.FLOAT, 0)).isEqualTo(1);
        }
    }

    @Test
    void theLastTensorNeedsNoPaddingBehindIt() {
        Path path = new GgufWriter().tensor("odd", GgmlType.F16, new byte[] { 0, 60, 0, 61, 0, 62 }, 3)
                .write(folder.resolve("odd.gguf"));

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(data(file, "odd").byteSize()).isEqualTo(6);
        }
    }

    @Test
    void aFileWithoutTensorsIsAVocabulary() {
        Path path = new GgufWriter().put("general.architecture", "kimi-linear").write(folder.resolve("vocabulary.gguf"));

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.tensors()).isEmpty();
            assertThat(file.metadata().string("general.architecture")).isEqualTo("kimi-linear");
        }
    }

    @Test
    void aTensorBeyondFourGibibytesIsRead() throws IOException {
        float[] weights = { 1.5f, -2.5f };
        Path path = new GgufWriter().hole("hole", 1 << 20, 1100).tensor("last", weights, 2).write(folder.resolve("large.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            TensorInfo last = file.tensor("last").orElseThrow();
            assertThat(last.offsetBytes()).isGreaterThan(1L << 32);
            assertThat(file.bytes()).isGreaterThan(1L << 32);
            assertThat(file.data(last).toArray(LittleEndian.FLOAT)).containsExactly(weights);
            MemorySegment hole = data(file, "hole");
            assertThat(hole.byteSize()).isEqualTo(4L * (1 << 20) * 1100);
            assertThat(hole.get(LittleEndian.FLOAT, hole.byteSize() - 4)).isZero();
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void aSplitModelEqualsTheWholeOneWhicheverPartIsOpened() throws IOException {
        Path whole = Fixtures.project("models/tiny-f32/model.gguf");
        List<Path> parts = GgufWriter.copyOf(whole).writeSplit(folder, "tiny", 3);

        for (Path part : parts) {
            assertThat(contents(part)).isEqualTo(contents(whole));
            try (GgufFile file = GgufFile.open(part); GgufFile one = GgufFile.open(whole)) {
                assertThat(file.path()).isEqualTo(parts.getFirst());
                assertThat(file.bytes())
                        .isEqualTo(Files.size(parts.get(0)) + Files.size(parts.get(1)) + Files.size(parts.get(2)));
                assertThat(file.tensors()).extracting(TensorInfo::part).contains(0, 1, 2);
                assertThat(file.tensors()).extracting(TensorInfo::name)
                        .containsExactlyElementsOf(one.tensors().stream().map(TensorInfo::name).toList());
                assertThat(file.metadata().strings("tokenizer.ggml.tokens"))
                        .isEqualTo(one.metadata().strings("tokenizer.ggml.tokens"));
            }
        }
    }

    @Test
    void eachPartOfASplitModelHasItsOwnAlignment() {
        List<Path> parts = small().alignment(128).writeSplit(folder, "aligned", 3);

        assertThat(contents(parts.getFirst())).isEqualTo(contents(small().write(folder.resolve("whole.gguf"))));
    }

    @Test
    void oneOfOneIsAnOrdinaryFileWhateverItsName() {
        Path part = small().writeSplit(folder, "single", 1).getFirst();
        Path renamed = small().put("split.no", 0).put("split.count", 1).write(folder.resolve("other-00002-of-00007.gguf"));

        assertThat(contents(part)).isEqualTo(contents(renamed)).hasSize(3);
    }

    @Test
    void aMissingPartIsNamed() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 3);
        Files.delete(parts.get(1));

        assertThatThrownBy(() -> GgufFile.open(parts.getFirst())).isInstanceOf(ModelFormatException.class)
                .hasMessage("Cannot open model \"" + parts.getFirst()
                        + "\": it is part 1 of a model split into 3 files (split.no 0, "
                        + "split.count 3), but \"model-00002-of-00003.gguf\" is missing. Put all parts into one folder.");
    }

    @Test
    void aRenamedPartSaysWhichNameItNeeds() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 3);
        Path renamed = Files.move(parts.getFirst(), folder.resolve("model.gguf"));

        assertThatThrownBy(() -> GgufFile.open(renamed)).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.gguf\": it is part 1 of")
                .hasMessageContaining("split.count 3").hasMessageContaining("ends in \"-00001-of-00003.gguf\"");
    }

    @Test
    void swappedPartsAreRefused() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 3);
        Files.copy(parts.get(2), folder.resolve("copy"));
        Files.delete(parts.get(1));
        Files.move(folder.resolve("copy"), parts.get(1));

        assertThatThrownBy(() -> GgufFile.open(parts.getFirst())).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(parts.get(1).toString()).hasMessageContaining("it is part 3 of 3 by its keys")
                .hasMessageContaining("expected part 2 of 3 by its name");
    }

    @Test
    void aPartThatIsNoPartIsRefused() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 2);
        Files.delete(parts.get(1));
        small().write(parts.get(1));

        assertThatThrownBy(() -> GgufFile.open(parts.getFirst())).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(parts.get(1).toString()).hasMessageContaining("part 1 of 1 by its keys");
    }

    @Test
    void partsOfTwoModelsAreRefusedByTheNumberOfTensors() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 2);
        Files.delete(parts.get(1));
        Path other = Files.createDirectory(folder.resolve("other"));
        Path foreign = small().tensor("more", new float[] { 1 }, 1).tensor("still more", new float[] { 1 }, 1)
                .writeSplit(other, "model", 2).get(1);
        Files.move(foreign, parts.get(1));

        assertThatThrownBy(() -> GgufFile.open(parts.getFirst())).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("hold 4 tensors, expected 3 (split.tensors.count)");
    }

    @Test
    void aTensorInTwoPartsIsRefused() throws IOException {
        List<Path> parts = small().writeSplit(folder, "model", 3);
        Path other = Files.createDirectory(folder.resolve("other"));
        Path foreign = new GgufWriter().tensor("x", new float[1], 1).tensor("y", new float[1], 1)
                .tensor("blk.0.a", new float[1], 1)
                .writeSplit(other, "model", 3).get(2);
        Files.delete(parts.get(2));
        Files.move(foreign, parts.get(2));

        assertThatThrownBy(() -> GgufFile.open(parts.getFirst())).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tensor \"blk.0.a\" occurs twice");
    }

    @Test
    void aNumberBeyondTheNumberOfPartsIsRefused() {
        Path path = small().put("split.no", Value.i32(-1)).put("split.count", 3).write(folder.resolve("m-00000-of-00003.gguf"));

        assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("key \"split.no\" is -1, expected 0 to 2");
    }

    @Test
    void aClosedFileIsOutOfReach() {
        GgufFile file = GgufFile.open(small().write(folder.resolve("closed.gguf")));
        MemorySegment data = data(file, "blk.0.a");
        file.close();
        file.close();

        assertThatIllegalStateException().isThrownBy(() -> data.get(ValueLayout.JAVA_BYTE, 0));
        assertThatIllegalStateException().isThrownBy(() -> file.metadata().string("general.architecture"));
    }

    @Test
    void aTensorOfAnotherFileIsABadArgument() {
        TensorInfo foreign = new TensorInfo("blk.0.a", List.of(1L), GgmlType.F32, 0, 0, 4);
        try (GgufFile file = GgufFile.open(small().write(folder.resolve("own.gguf")))) {
            assertThatIllegalArgumentException().isThrownBy(() -> file.data(foreign)).withMessageContaining("blk.0.a");
        }
    }

    @Test
    void aVocabularyOfTwoHundredThousandStringsIsQuick() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            tokens.add("token " + i);
        }
        Path path = new GgufWriter().put("tokens", Value.strings(tokens)).write(folder.resolve("vocabulary.gguf"));

        long start = System.nanoTime();
        try (GgufFile file = GgufFile.open(path)) {
            assertThat(file.metadata().strings("tokens")).isEqualTo(tokens);
        }
        // Some 50 ms here; the bound only tells linear from quadratic, on a busy machine too.
        assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(5_000);
    }

    private static GgufWriter small() {
        byte[] blocks = new byte[2 * 34];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = (byte) i;
        }
        return new GgufWriter().put("general.architecture", "kimi-linear").tensor("blk.0.a", new float[] { 1, 2, 3 }, 3)
                .tensor("blk.0.b", GgmlType.Q8_0, blocks, 32, 2).tensor("blk.0.c", new float[] { 4, 5, 6, 7 }, 1, 2, 1, 2);
    }

    private static MemorySegment data(GgufFile file, String tensor) {
        return file.data(file.tensor(tensor).orElseThrow());
    }

    /** Names, types, shapes and bytes: what must be equal where only the container differs. */
    private static Map<String, List<Object>> contents(Path path) {
        Map<String, List<Object>> contents = new LinkedHashMap<>();
        try (GgufFile file = GgufFile.open(path)) {
            for (TensorInfo tensor : file.tensors()) {
                contents.put(tensor.name(), List.of(tensor.type(), tensor.shape(),
                        ByteBuffer.wrap(file.data(tensor).toArray(ValueLayout.JAVA_BYTE))));
            }
        }
        return contents;
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
    }

    @Test
    void streamedTensorsAreWrittenLikeGivenOnes() throws IOException {
        byte[] data = { 1, 2, 3, 4, 5, 6, 7, 8 };
        GgufWriter given = new GgufWriter().tensor("a", GgmlType.F16, data, 4).tensor("b", GgmlType.F32, data, 2);
        GgufWriter streamed = new GgufWriter()
                .tensor("a", GgmlType.F16, channel -> channel.write(ByteBuffer.wrap(data)), 4)
                .tensor("b", GgmlType.F32, channel -> {
                    channel.write(ByteBuffer.wrap(data, 0, 3));
                    channel.write(ByteBuffer.wrap(data, 3, 5));
                }, 2);

        assertThat(Files.mismatch(given.write(folder.resolve("given.gguf")), streamed.write(folder.resolve("streamed.gguf"))))
                .isEqualTo(-1);
    }

    @Test
    void streamedContentOfAnotherLengthIsRefused() {
        GgufWriter writer = new GgufWriter().tensor("a", GgmlType.F32, channel -> channel.write(ByteBuffer.allocate(12)), 4);

        assertThatIllegalStateException().isThrownBy(() -> writer.write(folder.resolve("short.gguf")))
                .withMessage("The content of tensor \"a\" is 12 bytes, expected 16 by its type and shape");
    }
}
