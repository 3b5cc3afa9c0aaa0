package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;

/** Quantising activations allocates nothing where C2 has no type profile; a model in floats does not quantise. */
@Tag("without-type-profile")
class QuantiseWithoutTypeProfileTest {

    private static final int ROWS = 4;
    private static final int COLUMNS = 512;
    private static final int CALLS = 1000;
    private static final int MOST_ROUNDS = 300;

    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(ints = { 32, 256 })
    void quantisingAllocatesNothing(int group) {
        Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);
        Activations x = new Activations().of(new float[ROWS * COLUMNS], ROWS, COLUMNS);
        x.claimQuants(group);

        long allocated = round(kernels, x, group);
        for (int i = 1; i < MOST_ROUNDS && allocated > 0; i++) {
            allocated = round(kernels, x, group);
        }

        assertThat(allocated).as("bytes of %s calls when warm", CALLS).isZero();
    }

    private static long round(Kernels kernels, Activations x, int group) {
        long before = BEAN.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            kernels.quantise(x, group, 0, ROWS);
        }
        return BEAN.getCurrentThreadAllocatedBytes() - before;
    }
}
