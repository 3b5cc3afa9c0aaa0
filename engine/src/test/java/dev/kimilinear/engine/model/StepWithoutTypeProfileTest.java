package dev.kimilinear.engine.model;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A step of a model in floats allocates nothing where C2 has no type profile, as it happens to a JVM that compiles much at
 * once: the vector kernels of such a step need no luck to be compiled without objects. Those of panels do; see the decision
 * about their generator.
 */
@Tag("without-type-profile")
class StepWithoutTypeProfileTest {

    @ParameterizedTest
    @CsvSource({ "models/tiny-f32, 1", "models/groups-f32, 5" })
    void aWarmStepAllocatesNothing(String folder, int rows) throws Exception {
        StepAllocationTest.assertAllocatesNothing(folder, rows);
    }
}
