package dev.kimilinear.engine.api;

import java.util.Locale;

/** A model that does not fit into memory as it should be opened. Thrown before anything is loaded. */
public class InsufficientMemoryException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final MemoryPlan plan;

    /**
     * @param model the model's name
     * @param plan a plan that does not fit into the heap or into memory
     */
    public InsufficientMemoryException(String model, MemoryPlan plan) {
        super(problem(model, plan) + " "
                + cure(plan, "contextTokens", "parallelSequences", "snapshots.memoryBytes", "maxMemoryBytes"));
        this.problem = problem(model, plan);
        this.plan = plan;
    }

    /** What does not fit into what, with all numbers; without a cure. */
    public String problem() {
        return problem;
    }

    /** The cure, in which the options have the given names. */
    public String cure(String contextTokens, String parallelSequences, String snapshotBytes, String maxMemoryBytes) {
        return cure(plan, contextTokens, parallelSequences, snapshotBytes, maxMemoryBytes);
    }

    /** What was computed. */
    public MemoryPlan plan() {
        return plan;
    }

    private static String problem(String model, MemoryPlan plan) {
        String sequences = plan.sequences() == 1 ? "1 sequence" : String.format(Locale.ROOT, "%,d sequences", plan.sequences());
        String parts = "state " + MemoryPlan.text(plan.stateBytes()) + ", workspace " + MemoryPlan.text(plan.workspaceBytes())
                + (plan.snapshotBytes() == 0 ? "" : ", snapshots " + MemoryPlan.text(plan.snapshotBytes()));
        if (!plan.fitsHeap()) {
            return String.format(Locale.ROOT,
                    "Model \"%s\" needs %s of Java heap for %s of %,d tokens (%s, other objects %s) but Java may use %s (-Xmx).",
                    model, MemoryPlan.text(plan.heapBytes() + MemoryPlan.REMAINING_HEAP_BYTES), sequences,
                    plan.contextTokens(), parts, MemoryPlan.text(MemoryPlan.REMAINING_HEAP_BYTES),
                    MemoryPlan.text(plan.heapLimitBytes()));
        }
        return String.format(Locale.ROOT,
                "Model \"%s\" needs %s of memory for %s of %,d tokens (%s, panels %s) but %s.", model,
                MemoryPlan.text(plan.privateBytes()), sequences, plan.contextTokens(), parts,
                MemoryPlan.text(plan.panelBytes()), plan.memoryLimitBytes() == plan.machineBytes()
                        ? "the machine or container has " + MemoryPlan.text(plan.machineBytes())
                        : "may use " + MemoryPlan.text(plan.memoryLimitBytes()));
    }

    private static String cure(MemoryPlan plan, String context, String sequences, String snapshots, String memory) {
        StringBuilder cure = new StringBuilder();
        if (plan.longestContextTokens() > 0) {
            cure.append(String.format(Locale.ROOT, "Lower %s (%,d) to at most %,d, ", context, plan.contextTokens(),
                    plan.longestContextTokens()));
        }
        if (plan.sequences() > 1) {
            cure.append(cure.isEmpty() ? "Lower " : "or lower ")
                    .append(String.format(Locale.ROOT, "%s (%,d), ", sequences, plan.sequences()));
        }
        if (plan.snapshotBytes() > 0) {
            cure.append(cure.isEmpty() ? "Lower " : "or lower ").append(snapshots).append(" (")
                    .append(MemoryPlan.text(plan.snapshotBytes())).append("), ");
        }
        String raise = !plan.fitsHeap() ? "give Java more heap (-Xmx)."
                : plan.memoryLimitBytes() == plan.machineBytes() ? "use a machine with more memory."
                        : "raise " + memory + ".";
        return cure.isEmpty() ? Character.toUpperCase(raise.charAt(0)) + raise.substring(1)
                : cure.append("or ").append(raise).toString();
    }
}
