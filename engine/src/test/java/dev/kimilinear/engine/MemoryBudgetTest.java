package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiLinear;

/** Plans for Kimi-Linear-48B-A3B, whose numbers can be worked out by hand. */
class MemoryBudgetTest {

    private static final KimiConfig CONFIG = kimiLinear48B();
    private static final long GIB = 1L << 30;
    private static final long WEIGHTS = 28 * GIB;
    /** 20 KDA layers of 32 heads: S of 128 x 128, and 3 rows of 4096 channels for each of q, k and v. */
    private static final long FIXED = 20L * 4 * (32 * 128 * 128 + 3 * 3 * 4096);
    /** 7 MLA layers, 512 + 64 values of 2 bytes. */
    private static final long TOKEN = 7L * 576 * 2;

    private static KimiConfig kimiLinear48B() {
        boolean[] latent = new boolean[27];
        for (int i : new int[] { 3, 7, 11, 15, 19, 23, 26 }) {
            latent[i] = true;
        }
        int[] dense = new int[27];
        dense[0] = 9216;
        int[] experts = new int[27];
        int[] used = new int[27];
        Arrays.fill(experts, 1, 27, 1024);
        Arrays.fill(used, 1, 27, 8);
        return new KimiConfig(27, 1_048_576, 2304, 163_840, 32, latent, 1e-5f, 128, 4, 512, 128, 64, 128, 1, dense, 256, used,
                experts, 1, 1, 1, 2.446f);
    }

    private static final EngineOptions ONE = EngineOptions.defaults().withParallelSequences(1);

    private static MemoryPlan plan(MemoryBudget budget, int contextTokens, EngineOptions options) {
        return budget.plan(CONFIG, WEIGHTS, 0, contextTokens, 4, options);
    }

    private static final MemoryBudget LARGE = new MemoryBudget(64 * GIB, 256 * GIB);

    @Test
    void theStateIsAFixedPartAndARowForEveryToken() {
        MemoryPlan plan = plan(LARGE, 8192, ONE);

        assertThat(plan.sequenceFixedBytes()).isEqualTo(FIXED).isEqualTo(44_892_160);
        assertThat(plan.sequenceTokenBytes()).isEqualTo(TOKEN).isEqualTo(8064);
        assertThat(plan.sequenceBytes()).isEqualTo(FIXED + 8192 * TOKEN);
        assertThat(plan.weightBytes()).isEqualTo(WEIGHTS);
        assertThat(plan.heapBytes()).isEqualTo(plan.stateBytes() + plan.workspaceBytes() + plan.snapshotBytes());
        assertThat(plan.workspaceBytes()).isEqualTo(KimiLinear.workspaceBytes(CONFIG, 512, 1, 4));
    }

    @Test
    void rowsAreTakenInBlocksOf128Tokens() {
        assertThat(plan(LARGE, 1, ONE).sequenceBytes()).isEqualTo(FIXED + 128 * TOKEN);
        assertThat(plan(LARGE, 128, ONE).sequenceBytes()).isEqualTo(FIXED + 128 * TOKEN);
        assertThat(plan(LARGE, 129, ONE).sequenceBytes()).isEqualTo(FIXED + 256 * TOKEN);
    }

    @Test
    void anF32CacheTakesTwice() {
        MemoryPlan plan = plan(LARGE, 8192, ONE.withLatentCache(LatentCacheType.F32));

        assertThat(plan.sequenceTokenBytes()).isEqualTo(2 * TOKEN);
        assertThat(plan.sequenceBytes()).isEqualTo(FIXED + 8192 * 2 * TOKEN);
    }

    @Test
    void eachSequenceTakesAStateAndRoomInTheStep() {
        MemoryPlan plan = plan(LARGE, 8192, ONE.withParallelSequences(4));

        assertThat(plan.stateBytes()).isEqualTo(4 * (FIXED + 8192 * TOKEN));
        assertThat(plan.workspaceBytes()).isEqualTo(KimiLinear.workspaceBytes(CONFIG, 512, 4, 4));
    }

    @Test
    void aStepHasRoomForAsManyTokensAsItMayReadAndForOneOfEachSequence() {
        assertThat(plan(LARGE, 8192, ONE.withStepTokens(100)).workspaceBytes())
                .isEqualTo(KimiLinear.workspaceBytes(CONFIG, 100, 1, 4));
        assertThat(plan(LARGE, 8192, ONE.withStepTokens(100).withParallelSequences(300)).workspaceBytes())
                .isEqualTo(KimiLinear.workspaceBytes(CONFIG, 300, 300, 4));
    }

    @Test
    void theLongestContextIsTheLastOneThatIsNotRefused() {
        for (MemoryBudget budget : List.of(new MemoryBudget(2 * GIB, 64 * GIB), new MemoryBudget(8 * GIB, 2 * GIB))) {
            EngineOptions options = ONE.withParallelSequences(3);
            int longest = plan(budget, 1, options).longestContextTokens();

            assertThat(longest).isPositive().isLessThan(1_048_576);
            assertThatNoException().isThrownBy(() -> MemoryBudget.check("m", plan(budget, longest, options)));
            assertThatExceptionOfType(InsufficientMemoryException.class)
                    .isThrownBy(() -> MemoryBudget.check("m", plan(budget, longest + 1, options)));
        }
        assertThat(plan(new MemoryBudget(GIB / 16, GIB), 1, ONE).longestContextTokens()).isZero();
    }

    @Test
    void aHeapThatIsTooSmallIsNamedWithAllNumbersAndTheCures() {
        MemoryPlan plan = plan(new MemoryBudget(2 * GIB, 64 * GIB), 131_072,
                ONE.withParallelSequences(4));

        assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(() -> MemoryBudget.check("Kimi", plan))
                .withMessage("Model \"Kimi\" needs " + MemoryPlan.text(plan.heapBytes() + (32 << 20))
                        + " of Java heap for 4 sequences of 131,072 tokens (state 4.1 GiB, workspace "
                        + MemoryPlan.text(plan.workspaceBytes())
                        + ", other objects 32.0 MiB) but Java may use 2.0 GiB (-Xmx). Lower contextTokens (131,072) to at most "
                        + String.format("%,d", plan.longestContextTokens())
                        + ", or lower parallelSequences (4), or give Java more heap (-Xmx).")
                .satisfies(e -> assertThat(e.plan()).isEqualTo(plan))
                .satisfies(
                        e -> assertThat(e.problem() + " " + e.cure("a.b", "c.d", "s.t", "e.f")).contains(
                                "-Xmx). Lower a.b (131,072)",
                                "lower c.d (4)"));
    }

    @Test
    void aMemoryLimitThatIsTooSmallIsNamedWithItsOption() {
        MemoryPlan plan = plan(LARGE, 8192, ONE.withMaxMemoryBytes(100 << 20));

        assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(() -> MemoryBudget.check("Kimi", plan))
                .withMessageContainingAll(
                        "needs " + MemoryPlan.text(plan.privateBytes()) + " of memory for 1 sequence of 8,192",
                        "but may use 100.0 MiB.")
                .withMessageEndingWith("Raise maxMemoryBytes.");
    }

    @Test
    void panelsInMemoryCount() {
        MemoryBudget budget = new MemoryBudget(8 * GIB, 16 * GIB);
        MemoryPlan plan = budget.plan(CONFIG, WEIGHTS, 15 * GIB, 131_072, 4, ONE);

        assertThat(plan.fitsHeap()).isTrue();
        assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(() -> MemoryBudget.check("Kimi", plan))
                .withMessageContainingAll("panels 15.0 GiB", "the machine or container has 16.0 GiB")
                .withMessageContaining("Lower contextTokens (131,072) to at most ")
                .withMessageEndingWith("or use a machine with more memory.");
    }

    @Test
    void snapshotsGetAQuarterOfTheHeapThatIsLeftAndTwoGigabytesAtMost() {
        MemoryPlan plan = plan(new MemoryBudget(4 * GIB, 64 * GIB), 8192, ONE);
        assertThat(plan.snapshotBytes())
                .isEqualTo((4 * GIB - (32 << 20) - plan.workspaceBytes() - plan.stateBytes()) / 4);
        assertThat(plan.fitsHeap()).isTrue();
        assertThat(plan(LARGE, 8192, ONE).snapshotBytes()).isEqualTo(2 * GIB);
        assertThat(plan(new MemoryBudget(GIB / 16, GIB), 8192, ONE).snapshotBytes()).isZero();
        assertThat(plan(LARGE, 8192, ONE.withMaxMemoryBytes(GIB)).privateBytes()).isLessThan(GIB);
    }

    @Test
    void snapshotsThatWereAskedForCount() {
        EngineOptions options = ONE.withSnapshots(SnapshotOptions.defaults().withMemoryBytes(3 * GIB));
        MemoryPlan plan = plan(new MemoryBudget(3 * GIB, 64 * GIB), 8192, options);

        assertThat(plan.snapshotBytes()).isEqualTo(3 * GIB);
        assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(() -> MemoryBudget.check("Kimi", plan))
                .withMessageContainingAll(", snapshots 3.0 GiB, other objects",
                        "Lower snapshots.memoryBytes (3.0 GiB), or give");
        int longest = plan(new MemoryBudget(4 * GIB, 64 * GIB), 1, options).longestContextTokens();
        assertThatNoException().isThrownBy(
                () -> MemoryBudget.check("m", plan(new MemoryBudget(4 * GIB, 64 * GIB), longest, options)));
        assertThatExceptionOfType(InsufficientMemoryException.class).isThrownBy(
                () -> MemoryBudget.check("m", plan(new MemoryBudget(4 * GIB, 64 * GIB), longest + 1, options)));
    }

    @Test
    void weightsThatDoNotFitAreAWarning() {
        List<LogRecord> fine = warnings(plan(new MemoryBudget(8 * GIB, 32 * GIB), 8192, ONE));
        List<LogRecord> tight = warnings(plan(new MemoryBudget(8 * GIB, 24 * GIB), 8192, ONE));

        assertThat(fine).isEmpty();
        assertThat(tight).singleElement().satisfies(record -> {
            assertThat(record.getLevel()).isEqualTo(Level.WARNING);
            assertThat(record.getMessage()).contains("Kimi", "28.0 GiB of weights", "has 24.0 GiB");
        });
    }

    @Test
    void thisProcessHasAHeapAndAMachine() {
        MemoryBudget budget = MemoryBudget.ofThisProcess();

        assertThat(budget.heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(budget.machineBytes()).isGreaterThan(64 << 20);
    }

    private static List<LogRecord> warnings(MemoryPlan plan) {
        try (RecordedLog log = new RecordedLog(MemoryBudget.class)) {
            MemoryBudget.check("Kimi", plan);
            return log.records();
        }
    }
}
