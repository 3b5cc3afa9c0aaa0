package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.KernelChoice;

/** On a JVM that runs vector kernels; the others have {@link ScalarFallbackTest}. */
class KernelSelectorTest {

    @Test
    void theReasonForVectorKernelsNamesTheirWidth() {
        String bits = KernelSelector.select(KernelChoice.AUTO).name().replaceAll("\\D", "");

        assertThat(KernelSelector.reason(KernelChoice.AUTO)).startsWith("This JVM runs SIMD kernels")
                .endsWith("the processor prefers vectors of " + bits + " bits.");
        assertThat(KernelSelector.reason(KernelChoice.VECTOR)).startsWith("SIMD kernels were asked for")
                .endsWith("the processor prefers vectors of " + bits + " bits.");
    }

    @Test
    void scalarKernelsAreThereBecauseTheyWereAskedFor() {
        assertThat(KernelSelector.reason(KernelChoice.SCALAR)).isEqualTo("Scalar kernels were asked for.");
    }
}
