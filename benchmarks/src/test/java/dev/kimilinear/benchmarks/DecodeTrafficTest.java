package dev.kimilinear.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;

class DecodeTrafficTest {

    @TempDir
    Path folder;

    @Test
    void aTokenReadsOneRowOfTheEmbeddingTheUsedExpertsAndEverythingElse() {
        Path path = new GgufWriter().put("kimi-linear.expert_count", 4).put("kimi-linear.expert_used_count", 2)
                .tensor("token_embd.weight", new float[8 * 100], 8, 100)
                .tensor("blk.1.ffn_up_exps.weight", new float[8 * 4 * 4], 8, 4, 4)
                .tensor("blk.1.ffn_up_shexp.weight", new float[8 * 4], 8, 4).write(folder.resolve("model.gguf"));

        try (GgufFile file = GgufFile.open(path)) {
            assertThat(DecodeTraffic.bytesPerToken(file)).isEqualTo(4 * (8 + 8 * 4 * 2 + 8 * 4));
        }
    }
}
