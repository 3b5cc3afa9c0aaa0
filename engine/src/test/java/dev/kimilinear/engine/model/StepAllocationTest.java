package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.LoadedModel;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.sampling.Sampler;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * A warm step allocates nothing, on the owner thread and on the workers: batch, forward pass on vector kernels, sampling. Not
 * part of it are the text of an answer and what a sequence grows by, a block of the latent cache every 128 tokens. Warm means
 * compiled: vectors that C2 has not seen yet are objects. So steps go on until a round of them allocates nothing; a vector
 * that C2 must make an object of is one in every round. In a JVM of its own: one that has run kernels in every other way too
 * inlines less, and leaves vectors of the longest kernels as objects. Where a step allocates, the failure says at which places.
 */
@Tag("allocation")
class StepAllocationTest {

    private static final int STEPS = 100;
    private static final int MOST_ROUNDS = 300;
    private static final String THREADS = "allocation";
    private static final int RECORDED_ROUNDS = 20;
    private static final String OURS = "dev.kimilinear.";
    private static final int FRAMES = 6;
    private static final int PLACES = 10;

    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** The models have a KDA layer, an MLA layer, a dense network and a mixture of experts; the zoo has all weight types. */
    @ParameterizedTest
    @CsvSource({ "quant/zoo, 1", "quant/zoo, 7", "quant/q4_k_m, 1", "models/tiny-f32, 1", "models/groups-f32, 5" })
    void aWarmStepAllocatesNothing(String folder, int rows) throws Exception {
        assertAllocatesNothing(folder, rows);
    }

    static void assertAllocatesNothing(String folder, int rows) throws Exception {
        try (GgufFile file = GgufFile.open(Fixtures.project(folder).resolve("model.gguf"));
                WorkerPool pool = new WorkerPool(2, THREADS);
                LoadedModel loaded = LoadedModel.plan(file, KernelSelector.select(KernelChoice.VECTOR),
                        EngineOptions.defaults().withPanels(PanelMode.MEMORY))) {
            loaded.load(pool, 0);
            KimiConfig config = loaded.config();
            KimiLinear model = loaded.model(pool);
            Workspace workspace = model.newWorkspace();
            Sampler sampler = Sampler.of(
                    SamplingParams.temperature(0.8f).withTopK(40).withTopP(0.95f).withMinP(0.01f).withSeed(1),
                    config.vocabularySize());
            int steps = Math.min(STEPS, Kernels.LATENT_BLOCK / rows - 1);
            int[] tokens = new Random(1).ints((steps + 1) * rows + 1, 0, config.vocabularySize()).toArray();
            int[] lastRow = { rows - 1 };
            long[] threads = threads();

            Supplier<long[]> round = () -> {
                SequenceState state = model.newState();
                Span span = new Span(state);
                Batch batch = new Batch();
                // The first step takes the first block of the latent cache; the others stay within it.
                step(model, workspace, batch, span.of(tokens, 0, rows, lastRow), sampler, tokens);
                long[] before = BEAN.getThreadAllocatedBytes(threads);
                long own = BEAN.getCurrentThreadAllocatedBytes();
                for (int i = 1; i <= steps; i++) {
                    step(model, workspace, batch, span.of(tokens, i * rows, (i + 1) * rows, lastRow), sampler, tokens);
                }
                own = BEAN.getCurrentThreadAllocatedBytes() - own;
                return difference(own, before, BEAN.getThreadAllocatedBytes(threads));
            };
            long[] allocated = round.get();
            for (int i = 1; i < MOST_ROUNDS && !isZero(allocated); i++) {
                allocated = round.get();
            }

            if (!isZero(allocated)) {
                fail("%d steps allocated %s bytes on the owner and the worker, expected none when warm; places, by samples:%n%s",
                        steps, Arrays.toString(allocated), places(round));
            }
        }
    }

    /** What more rounds allocate and by which of our methods, inlined ones too, the most frequent first. */
    private static String places(Supplier<long[]> round) throws IOException {
        Path file = Files.createTempFile("allocation", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s").withStackTrace();
            recording.start();
            for (int i = 0; i < RECORDED_ROUNDS; i++) {
                round.get();
            }
            recording.stop();
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream().filter(event -> event.getStackTrace() != null)
                    .map(event -> event.getClass("objectClass").getName() + " at " + event.getStackTrace().getFrames().stream()
                            .filter(frame -> frame.getMethod().getType().getName().startsWith(OURS)).limit(FRAMES)
                            .map(StepAllocationTest::text).collect(Collectors.joining(" < ")))
                    .collect(Collectors.groupingBy(place -> place, Collectors.counting())).entrySet().stream()
                    .sorted(Map.Entry.<String, Long> comparingByValue().reversed()).limit(PLACES)
                    .map(place -> place.getValue() + " " + place.getKey()).collect(Collectors.joining("\n"));
        } finally {
            Files.delete(file);
        }
    }

    private static String text(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName() + ":" + frame.getLineNumber();
    }

    private static void step(KimiLinear model, Workspace workspace, Batch batch, Span span, Sampler sampler, int[] tokens) {
        batch.clear();
        batch.add(span);
        float[] logits = model.forward(batch, workspace);
        tokens[span.to()] = sampler.sample(logits, 0, model.config().vocabularySize());
    }

    /** The pool's worker threads. */
    private static long[] threads() {
        long[] ids = Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith(THREADS))
                .mapToLong(Thread::threadId).toArray();
        assertThat(ids).hasSize(1);
        return ids;
    }

    private static long[] difference(long own, long[] before, long[] after) {
        long[] allocated = new long[1 + before.length];
        Arrays.setAll(allocated, i -> i == 0 ? own : after[i - 1] - before[i - 1]);
        return allocated;
    }

    private static boolean isZero(long[] values) {
        return Arrays.stream(values).allMatch(value -> value == 0);
    }
}
