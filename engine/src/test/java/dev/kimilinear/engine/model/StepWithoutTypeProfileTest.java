package dev.kimilinear.engine.model;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A warm step of a model in floats allocates nothing where C2 has no type profile: how its vector kernels are compiled does
 * not depend on what a JVM has seen before. Kernels of panels depend on it; see the decision about their generator.
 */
@Tag("without-type-profile")
class StepWithoutTypeProfileTest {

    @ParameterizedTest
    @CsvSource({ "models/tiny-f32, 1", "models/groups-f32, 5" })
    void aWarmStepAllocatesNothing(String folder, int rows) throws Exception {
        StepAllocationTest.assertAllocatesNothing(folder, rows);
    }
}
