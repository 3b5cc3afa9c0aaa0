package dev.kimilinear.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.scalar.ScalarKernels;
import dev.kimilinear.engine.kernel.vector.VectorKernels;

/** The one place that knows why vector kernels are or are not used. */
public final class KernelSelector {

    private static final Logger LOG = System.getLogger(KernelSelector.class.getName());
    private static final String MODULE = "jdk.incubator.vector";

    private KernelSelector() {
    }

    /**
     * The kernels for this JVM. With {@link KernelChoice#AUTO}, scalar kernels come with one log line that names the cure.
     *
     * @throws EngineException if vector kernels are demanded and this JVM cannot run them
     */
    public static Kernels select(KernelChoice choice) {
        if (choice == KernelChoice.SCALAR) {
            return new ScalarKernels();
        }
        String obstacle = obstacle();
        if (obstacle == null) {
            return VectorKernels.create();
        }
        if (choice == KernelChoice.VECTOR) {
            throw new EngineException("SIMD kernels were asked for but cannot run: " + obstacle);
        }
        LOG.log(Level.WARNING, off(obstacle));
        return new ScalarKernels();
    }

    /** Says why {@link #select} gives the kernels that it gives, with the cure where those are slow. */
    static String reason(KernelChoice choice) {
        if (choice == KernelChoice.SCALAR) {
            return "Scalar kernels were asked for.";
        }
        String obstacle = obstacle();
        if (obstacle != null) {
            return off(obstacle);
        }
        return (choice == KernelChoice.VECTOR ? "SIMD kernels were asked for" : "This JVM runs SIMD kernels well")
                + "; the processor prefers vectors of " + VectorKernels.bits() + " bits.";
    }

    private static String off(String obstacle) {
        return "SIMD kernels are off: " + obstacle;
    }

    /** Why this JVM should not run vector kernels, with the cure; null if it should. */
    private static String obstacle() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return "module " + MODULE + " is not readable. Start Java with --add-modules " + MODULE + ".";
        }
        // Without C2 every vector operation is a call that allocates: a hundred times slower than a plain loop.
        String vm = System.getProperty("java.vm.info", "");
        if (vm.contains("emulated-client") || vm.contains("interpreted")) {
            return "the JVM runs without its optimising compiler (" + vm
                    + "). Start Java without -XX:TieredStopAtLevel and -Xint.";
        }
        return VectorKernels.obstacle();
    }
}
