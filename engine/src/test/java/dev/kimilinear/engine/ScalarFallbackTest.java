package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.kernel.Kernels;

/**
 * Runs on JVMs that cannot or should not run vector kernels: the system property {@code fallback.cure} says what the engine
 * must advise there.
 */
@Tag("fallback")
class ScalarFallbackTest {

    private static final String CURE = System.getProperty("fallback.cure");

    @Test
    void scalarKernelsComeWithOneWarningThatNamesTheCure() {
        List<String> messages = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                messages.add(record.getLevel() + " " + record.getMessage());
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        Logger logger = Logger.getLogger(KernelSelector.class.getName());
        logger.addHandler(handler);
        try {
            Kernels kernels = KernelSelector.select(KernelChoice.AUTO);
            assertThat(kernels.name()).isEqualTo("scalar");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(messages).singleElement().asString().startsWith("WARNING SIMD kernels are off: ").contains(CURE);
    }

    @Test
    void demandedVectorKernelsAreRefusedWithTheCure() {
        assertThatThrownBy(() -> KernelSelector.select(KernelChoice.VECTOR)).isInstanceOf(EngineException.class)
                .hasMessageContaining(CURE);
    }
}
