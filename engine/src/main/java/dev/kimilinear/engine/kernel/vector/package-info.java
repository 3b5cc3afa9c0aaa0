/**
 * The vector kernels: the only package that imports {@code jdk.incubator.vector}.
 *
 * <p>
 * A vector that a loop carries is an argument of the operations in it and not their receiver: {@code sum = x.add(sum)}. C2
 * knows the class of a fresh receiver, but that of a carried one only by its type profile; compiled without it, the vectors of
 * such a loop stay objects for good. The kernels of panels are the exception, for the reason that the decision about their
 * generator gives.
 */
package dev.kimilinear.engine.kernel.vector;
