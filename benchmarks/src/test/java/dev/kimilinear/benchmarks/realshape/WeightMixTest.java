package dev.kimilinear.benchmarks.realshape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.gguf.GgmlType;

class WeightMixTest {

    /** Weights that one token reads of the five-layer file, in millions, counted in one that llama.cpp's rules made. */
    @Test
    void theMixOfFiveLayersReadsWhatLlamaCppsMixReads() {
        Map<GgmlType, Long> weights = new EnumMap<>(GgmlType.class);
        for (RealShape.Weights tensor : new RealShape(5, 256, RealShape.VOCABULARY).tensors()) {
            if (tensor.kind() != RealShape.Kind.EMBEDDING) {
                weights.merge(WeightMix.Q4_K_M.typeOf(tensor), read(tensor), Long::sum);
            }
        }

        assertThat(Math.round(weights.get(GgmlType.Q4_K) / 1e5)).isEqualTo(4166);
        assertThat(Math.round(weights.get(GgmlType.Q6_K) / 1e6)).isEqualTo(460);
        assertThat(Math.round(weights.get(GgmlType.Q5_0) / 1e5)).isEqualTo(63);
    }

    @Test
    void rowsThatAreNoWholeBlocksGetATypeWithSmallerOnes() {
        assertThat(type(WeightMix.Q4_K_M, "blk.3.attn_k_b.weight")).isEqualTo(GgmlType.Q5_0);
        assertThat(type(WeightMix.Q6_K, "blk.3.attn_k_b.weight")).isEqualTo(GgmlType.Q8_0);
        assertThat(type(WeightMix.IQ4_XS, "blk.0.ssm_f_b.weight")).isEqualTo(GgmlType.IQ4_NL);
        assertThat(type(WeightMix.Q4_0, "blk.3.attn_k_b.weight")).isEqualTo(GgmlType.Q4_0);
    }

    @Test
    void onlyTensorsOfThreeDimensionsAreMxfp4() {
        assertThat(type(WeightMix.MXFP4, "blk.1.ffn_up_exps.weight")).isEqualTo(GgmlType.MXFP4);
        assertThat(type(WeightMix.MXFP4, "blk.1.ffn_up_shexp.weight")).isEqualTo(GgmlType.Q8_0);
        assertThat(type(WeightMix.MXFP4, "output.weight")).isEqualTo(GgmlType.Q8_0);
    }

    @Test
    void routersNormsAndConvolutionsStayF32() {
        for (WeightMix mix : WeightMix.values()) {
            assertThat(type(mix, "blk.1.ffn_gate_inp.weight")).isEqualTo(GgmlType.F32);
            assertThat(type(mix, "blk.1.ssm_conv1d_q.weight")).isEqualTo(GgmlType.F32);
            assertThat(type(mix, "blk.1.attn_norm.weight")).isEqualTo(GgmlType.F32);
        }
    }

    private static GgmlType type(WeightMix mix, String name) {
        return mix.typeOf(new RealShape(5, 256, RealShape.VOCABULARY).tensors().stream()
                .filter(tensor -> tensor.name().equals(name)).findFirst().orElseThrow());
    }

    private static long read(RealShape.Weights tensor) {
        long weights = 1;
        for (long dimension : tensor.shape()) {
            weights *= dimension;
        }
        return tensor.name().contains("_exps") ? weights / 256 * RealShape.EXPERTS_USED : weights;
    }
}
