package dev.kimilinear.engine.api;

/** Which kernel set computes. All sets give the same bits; they differ in speed only. */
public enum KernelChoice {
    /** Vector kernels where this JVM can run them well, else scalar ones with one log line that names the cure. */
    AUTO,
    /** Plain Java loops: the executable specification of the arithmetic. */
    SCALAR,
    /** Vector kernels, or an error that says why this JVM cannot run them. */
    VECTOR
}
