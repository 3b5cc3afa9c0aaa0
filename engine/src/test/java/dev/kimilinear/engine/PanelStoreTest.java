package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.Panels;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.KimiWeights;
import dev.kimilinear.engine.model.Span;

/** Panels in memory and in files: the same bits, made once, and made anew when they are not those of the model. */
class PanelStoreTest {

    private static final int[] TOKENS = { 3, 1, 4, 1, 5, 9, 2, 6 };

    private final Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);

    @TempDir
    Path folder;
    private Path model;

    @BeforeEach
    void copyModel() throws IOException {
        model = Files.copy(Fixtures.project("quant/q4_k_m/model.gguf"), folder.resolve("some-model.gguf"));
    }

    @Test
    void panelsGiveTheBitsOfTheFileWhereverTheyAre() {
        float[] expected = logits(PanelMode.OFF);

        assertThat(logits(PanelMode.MEMORY)).isEqualTo(expected);
        assertThat(logits(PanelMode.FILE)).isEqualTo(expected);
        assertThat(logits(PanelMode.AUTO)).isEqualTo(expected);
    }

    @Test
    void aFileIsWrittenOnceAndLeavesNothingElse() throws IOException {
        logits(PanelMode.FILE);
        Path written = onlyFile();
        FileTime time = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(written, time);

        logits(PanelMode.FILE);

        assertThat(onlyFile()).isEqualTo(written);
        assertThat(written.getFileName().toString()).matches("some-model-[0-9a-f]{16}\\.panels");
        assertThat(Files.getLastModifiedTime(written)).isEqualTo(time);
    }

    @Test
    void aDamagedFileIsReplaced() throws IOException {
        float[] expected = logits(PanelMode.FILE);
        Path written = onlyFile();
        byte[] whole = Files.readAllBytes(written);
        for (int at : new int[] { 0, 9, 13, 20, 50, 60 }) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(written, damaged);
            assertThat(logits(PanelMode.FILE)).as("byte %d changed", at).isEqualTo(expected);
            assertThat(Files.readAllBytes(written)).as("byte %d changed", at).isEqualTo(whole);
        }
        Files.write(written, Arrays.copyOf(whole, whole.length - 1));
        assertThat(logits(PanelMode.FILE)).isEqualTo(expected);
        assertThat(Files.readAllBytes(written)).isEqualTo(whole);
    }

    @Test
    void aChangedModelGetsPanelsOfItsOwn() throws IOException {
        logits(PanelMode.FILE);
        Path first = onlyFile();
        Files.setLastModifiedTime(model, FileTime.fromMillis(2_000_000));

        logits(PanelMode.FILE);

        try (Stream<Path> files = Files.list(panelFolder())) {
            assertThat(files).hasSize(2).contains(first);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedWhereAFileIsAskedFor() throws IOException {
        Files.writeString(panelFolder(), "a file where the folder should be");

        assertThatThrownBy(() -> logits(PanelMode.FILE)).isInstanceOf(EngineException.class)
                .hasMessageContaining("some-model.gguf").hasMessageContaining("cannot be kept in")
                .hasMessageContaining("choose panels AUTO, MEMORY or OFF");
    }

    @Test
    void withoutAFolderAutoTakesMemoryIfThereIsEnough() throws IOException {
        Files.writeString(panelFolder(), "a file where the folder should be");

        try (GgufFile file = GgufFile.open(model); WorkerPool pool = new WorkerPool(1, "panels")) {
            Panels panels = new Panels(kernels);
            KimiWeights.bind(file, KimiConfig.of(file.metadata()), panels::add);
            try (PanelStore store = new PanelStore(file, panels, options(PanelMode.AUTO), 1)) {
                assertThat(store.memoryBytes()).isZero();
                assertThat(store.open(pool, panels.bytes())).isPresent();
                assertThat(store.memoryBytes()).isEqualTo(panels.bytes());
            }
            try (PanelStore store = new PanelStore(file, panels, options(PanelMode.AUTO), 1)) {
                assertThat(store.open(pool, panels.bytes() - 1)).isEmpty();
                assertThat(store.memoryBytes()).isZero();
            }
        }
    }

    @Test
    void whatAKilledWriterLeftIsOverwritten() throws IOException {
        float[] expected = logits(PanelMode.FILE);
        Path written = onlyFile();
        byte[] whole = Files.readAllBytes(written);
        Files.delete(written);
        Files.write(written.resolveSibling(written.getFileName() + ".part"), new byte[whole.length + 5]);

        assertThat(logits(PanelMode.FILE)).isEqualTo(expected);
        assertThat(onlyFile()).isEqualTo(written);
        assertThat(Files.readAllBytes(written)).isEqualTo(whole);
    }

    @Test
    void aFileThatAnotherThreadWritesIsRefused() throws IOException {
        logits(PanelMode.FILE);
        Path written = onlyFile();
        Files.delete(written);
        Path part = written.resolveSibling(written.getFileName() + ".part");

        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> logits(PanelMode.FILE)).isInstanceOf(EngineException.class)
                    .hasMessageContaining("another engine in this process is writing");
        }
    }

    @Test
    void scalarKernelsHaveNoPanels() {
        try (GgufFile file = GgufFile.open(model)) {
            Panels panels = new Panels(KernelSelector.select(KernelChoice.SCALAR));
            KimiWeights.bind(file, KimiConfig.of(file.metadata()), panels::add);
            try (PanelStore store = new PanelStore(file, panels, options(PanelMode.FILE))) {
                assertThat(store.mode()).isEqualTo(PanelMode.OFF);
                assertThat(store.memoryBytes()).isZero();
            }
        }
    }

    private EngineOptions options(PanelMode mode) {
        return EngineOptions.defaults().withPanels(mode).withCacheDirectory(folder.resolve("cache"));
    }

    private Path panelFolder() throws IOException {
        return Files.createDirectories(folder.resolve("cache")).resolve("panels");
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(panelFolder())) {
            List<Path> all = files.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private float[] logits(PanelMode mode) {
        try (GgufFile file = GgufFile.open(model);
                WorkerPool pool = new WorkerPool(2, "panels");
                LoadedModel loaded = LoadedModel.plan(file, kernels, options(mode))) {
            loaded.load(pool, 0);
            // These panels are small.
            assertThat(loaded.details("", "").panels()).isEqualTo(mode == PanelMode.AUTO ? PanelMode.MEMORY : mode);
            KimiLinear kimi = loaded.model(pool);
            float[] logits = kimi.forward(Batch.of(Span.last(kimi.newState(), TOKENS, 0, TOKENS.length)),
                    kimi.newWorkspace());
            return Arrays.copyOf(logits, loaded.config().vocabularySize());
        }
    }
}
