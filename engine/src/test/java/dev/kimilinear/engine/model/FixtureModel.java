package dev.kimilinear.engine.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.WorkerPool;

/** A fixture folder: a model, prompts, and the logits and continuations recorded for them. */
public final class FixtureModel implements AutoCloseable {

    /**
     * One recorded prompt.
     *
     * @param positions whose logits are recorded
     * @param reference {@code [positions, vocabulary]}: logits computed in float64 without rounding activations
     * @param greedy what llama.cpp wrote next, token by token
     * @param gaps the distance of its two best logits at each of these steps
     * @param peerMax llama.cpp's own largest distance from the reference; 0 where it was not recorded
     * @param peerRms llama.cpp's own root-mean-square distance from the reference; 0 where it was not recorded
     */
    record Case(String name, int[] tokens, int[] positions, float[] reference, int[] greedy, double[] gaps, double peerMax,
            double peerRms) {
    }

    private final GgufFile file;
    private final WorkerPool pool;
    private final KimiConfig config;
    private final KimiLinear model;
    private final Workspace workspace;
    final List<Case> cases = new ArrayList<>();

    FixtureModel(Path folder, KernelChoice kernels, int threads, LatentCacheType latentCache) throws IOException {
        file = GgufFile.open(folder.resolve("model.gguf"));
        pool = new WorkerPool(threads, "fixture");
        config = KimiConfig.of(file.metadata());
        model = new KimiLinear(config, KimiWeights.bind(file, config), new Ops(KernelSelector.select(kernels), pool),
                latentCache);
        workspace = model.newWorkspace();
        for (JsonNode recorded : new ObjectMapper().readTree(folder.resolve("cases.json").toFile()).get("cases")) {
            JsonNode peer = recorded.path("diff_at_positions");
            cases.add(new Case(recorded.get("name").asText(), integers(recorded.get("tokens")),
                    integers(recorded.get("positions")), floats(folder.resolve(recorded.get("f64ref_file").asText())),
                    integers(recorded.get("greedy")), doubles(recorded.get("greedy_top1_top2_gap")),
                    peer.path("max_abs").asDouble(), peer.path("rms").asDouble()));
        }
    }

    /** Types of the weight matrices. */
    Set<String> weightTypes() {
        Set<String> types = new TreeSet<>();
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.rank() > 1) {
                types.add(tensor.type().name());
            }
        }
        return types;
    }

    int vocabularySize() {
        return config.vocabularySize();
    }

    SequenceState newState() {
        return model.newState();
    }

    /** A step; a copy of its logits. */
    float[] step(Span... spans) {
        Batch batch = Batch.of(spans);
        return Arrays.copyOf(model.forward(batch, workspace), batch.logitsRows() * vocabularySize());
    }

    /** Logits at the given positions, the tokens being read in chunks of the given size. */
    float[] logits(SequenceState state, int[] tokens, int[] positions, int chunk) {
        float[] rows = new float[positions.length * vocabularySize()];
        int row = 0;
        for (int from = 0; from < tokens.length; from += chunk) {
            int start = from;
            int to = Math.min(tokens.length, from + chunk);
            int[] inside = Arrays.stream(positions).filter(p -> p >= start && p < to).map(p -> p - start).toArray();
            float[] logits = step(new Span(state).of(tokens, from, to, inside));
            System.arraycopy(logits, 0, rows, row * vocabularySize(), logits.length);
            row += inside.length;
        }
        return rows;
    }

    /** The index of the largest logit of the only row. */
    static int best(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public void close() {
        pool.close();
        file.close();
    }

    private static int[] integers(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    private static float[] floats(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
