package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubDouble.Fault;

/** A hub, a folder for all that is fetched from it, and what the caller hears. */
abstract class SupplyTest {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    final Ear ear = new Ear();
    HubDouble hub;

    /** What was heard. */
    static final class Ear implements DownloadListener {

        final List<DownloadProgress> progress = new CopyOnWriteArrayList<>();
        final List<String> waiting = new CopyOnWriteArrayList<>();
        final List<String> reasons = new CopyOnWriteArrayList<>();
        final List<Duration> delays = new CopyOnWriteArrayList<>();
        /** Whether whoever waits for somebody, or for another try, loses patience. */
        volatile boolean impatient;

        @Override
        public void progress(DownloadProgress now) {
            progress.add(now);
        }

        @Override
        public void waiting(String file) {
            waiting.add(file);
            losePatience();
        }

        @Override
        public void retrying(String reason, Duration delay) {
            reasons.add(reason);
            delays.add(delay);
            losePatience();
        }

        private void losePatience() {
            if (impatient) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void startHub() throws Exception {
        hub = newHub();
    }

    HubDouble newHub() throws Exception {
        return new HubDouble();
    }

    @AfterEach
    void stopHub() {
        Thread.interrupted();
        hub.close();
    }

    /** This machine, where nobody sleeps longer than an instant although the clock says so. */
    static Machine machine(ToLongFunction<Path> usableBytes, Supplier<HttpClient.Builder> http, Duration longestSilence) {
        AtomicLong slept = new AtomicLong();
        return new Machine(() -> System.nanoTime() + slept.get(), duration -> {
            slept.addAndGet(duration.toNanos());
            Thread.sleep(0, 10_000);
        }, usableBytes, Machine.THIS.symbolicLink(), http, longestSilence);
    }

    static Machine quick() {
        return machine(Machine.THIS.usableBytes(), HttpClient::newBuilder, PATIENCE);
    }

    static Machine withRoom(long bytes) {
        return machine(folder -> bytes, HttpClient::newBuilder, PATIENCE);
    }

    /** The cache of the hub is in {@code hub}, and nothing else of this machine is seen. */
    HubEnvironment environment(String... more) {
        Map<String, String> variables = new TreeMap<>(Map.of("HF_ENDPOINT", hub.endpoint().toString(), "HF_HUB_CACHE",
                directory.resolve("hub").toString()));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return new HubEnvironment(variables, directory.resolve("home"));
    }

    ModelSupply supply(Machine machine, String... environment) {
        return new ModelSupply(environment(environment), directory.resolve("cache"), machine);
    }

    ModelSupply supply(String... environment) {
        return supply(quick(), environment);
    }

    Path fetch(String source, String... environment) {
        return supply(environment).fetch(remote(source), ear);
    }

    static ModelSource.Remote remote(String text) {
        return (ModelSource.Remote) ModelSource.parse(text);
    }

    static ThrowableAssertAlternative<ModelSupplyException> refused(ThrowingCallable call) {
        return assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(call);
    }

    /** Ends a fetch after so many bytes of the file have arrived. */
    void leavePart(String source, int bytes, String... environment) {
        hub.storeFaults.add(Fault.cut(bytes));
        ear.impatient = true;
        assertThatExceptionOfType(ModelSupplyException.Cancelled.class).isThrownBy(() -> fetch(source, environment));
        assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
        ear.impatient = false;
        ear.reasons.clear();
        ear.delays.clear();
        hub.storeRequests.clear();
    }
}
