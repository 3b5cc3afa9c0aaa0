package dev.kimilinear.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Map;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EngineOptionsTest {

    private static final EngineOptions DEFAULTS = EngineOptions.defaults();

    /** A value that is not the default for every option; an option without one fails the tests below. */
    private static final Map<String, Object> CHANGES = Map.ofEntries(Map.entry("contextTokens", 100),
            Map.entry("threads", 3), Map.entry("kernels", KernelChoice.SCALAR), Map.entry("parallelSequences", 3),
            Map.entry("maxQueuedRequests", 5), Map.entry("stepTokens", 100), Map.entry("latentCache", LatentCacheType.F32),
            Map.entry("panels", PanelMode.OFF), Map.entry("cacheDirectory", Path.of("elsewhere")),
            Map.entry("maxMemoryBytes", 1L << 30), Map.entry("snapshots", SnapshotOptions.off()));

    static RecordComponent[] options() {
        return EngineOptions.class.getRecordComponents();
    }

    @ParameterizedTest
    @MethodSource("options")
    void eachOptionCanBeChangedAlone(RecordComponent option) throws Exception {
        String name = option.getName();
        Method with = EngineOptions.class.getMethod("with" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                option.getType());

        EngineOptions changed = (EngineOptions) with.invoke(DEFAULTS, CHANGES.get(name));

        for (RecordComponent other : options()) {
            Object expected = other.getName().equals(name) ? CHANGES.get(name) : other.getAccessor().invoke(DEFAULTS);
            assertThat(other.getAccessor().invoke(changed)).as(other.getName()).isEqualTo(expected);
        }
        assertThat(changed).isNotEqualTo(DEFAULTS);
    }

    @Test
    void theCacheFolderIsTheUsersOwn() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);

        assertThat(DEFAULTS.cacheDirectory()).isEqualTo(caches.resolve("kimi-linear"));
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        assertRefused(() -> DEFAULTS.withSnapshots(null), "snapshots is null, expected options");
        assertRefused(() -> SnapshotOptions.defaults().withMemoryBytes(-2), "memoryBytes is -2, expected -1 (automatic), 0");
        assertRefused(() -> SnapshotOptions.defaults().withDiskBytes(-1), "diskBytes is -1, expected 0 (none) or more");
        assertRefused(() -> DEFAULTS.withContextTokens(-1), "contextTokens is -1, expected 0 (default) or more");
        assertRefused(() -> DEFAULTS.withThreads(-1), "threads is -1, expected 0");
        assertRefused(() -> DEFAULTS.withKernels(null), "kernels is null, expected AUTO, SCALAR or VECTOR");
        assertRefused(() -> DEFAULTS.withParallelSequences(0), "parallelSequences is 0, expected 1 to 4096");
        assertRefused(() -> DEFAULTS.withParallelSequences(4097), "parallelSequences is 4097, expected 1 to 4096");
        assertRefused(() -> DEFAULTS.withMaxQueuedRequests(0), "maxQueuedRequests is 0, expected 1 or more");
        assertRefused(() -> DEFAULTS.withStepTokens(0), "stepTokens is 0, expected 1 to 16384");
        assertRefused(() -> DEFAULTS.withStepTokens(16385), "stepTokens is 16385, expected 1 to 16384");
        assertRefused(() -> DEFAULTS.withLatentCache(null), "latentCache is null, expected F16 or F32");
        assertRefused(() -> DEFAULTS.withPanels(null), "panels is null, expected AUTO, FILE, MEMORY or OFF");
        assertRefused(() -> DEFAULTS.withCacheDirectory(null), "cacheDirectory is null");
        assertRefused(() -> DEFAULTS.withMaxMemoryBytes(-1), "maxMemoryBytes is -1, expected 0");
    }

    private static void assertRefused(ThrowingCallable change, String message) {
        assertThatIllegalArgumentException().isThrownBy(change).withMessageStartingWith(message);
    }
}
