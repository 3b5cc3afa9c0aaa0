package dev.kimilinear.benchmarks;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;

/** How many bytes of weights a step of one token reads. */
final class DecodeTraffic {

    private DecodeTraffic() {
    }

    /**
     * Each tensor once, of expert tensors the share of the experts used, of the embedding one row. Latent cache and
     * recurrent state are not weights and not counted.
     */
    static long bytesPerToken(GgufFile file) {
        long experts = file.metadata().integer("kimi-linear.expert_count");
        long used = file.metadata().integer("kimi-linear.expert_used_count");
        long bytes = 0;
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.name().equals("token_embd.weight")) {
                bytes += tensor.bytes() / tensor.dimension(1);
            } else if (tensor.name().contains("_exps.")) {
                bytes += tensor.bytes() / experts * used;
            } else {
                bytes += tensor.bytes();
            }
        }
        return bytes;
    }
}
