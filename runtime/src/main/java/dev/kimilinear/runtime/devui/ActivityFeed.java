package dev.kimilinear.runtime.devui;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.runtime.devui.Activity.Rates;

/** Samples of one engine for one page, one after the other. */
final class ActivityFeed {

    /** More do not fit on a page that is read. */
    static final int MOST_REQUESTS = 100;

    /** A large model has thousands of experts, so only every other sample says what they did. */
    private static final int EXPERTS_PERIOD = 2;

    private record Sums(long nanos, EngineStats stats, EngineSpeed speed) {
    }

    private final Engine engine;
    private final int mostSamples;
    private final Map<Integer, long[]> experts = new HashMap<>();
    private Sums before;
    private int samples;

    /** @param mostSamples which of them is the last one */
    ActivityFeed(Engine engine, int mostSamples) {
        this.engine = engine;
        this.mostSamples = mostSamples;
    }

    Activity next() {
        Sums now = new Sums(System.nanoTime(), engine.stats(), engine.speed());
        List<RequestActivity> requests = engine.activity();
        Activity activity = new Activity(Instant.now(), engine.health(), now.stats(), now.speed(),
                before == null ? null : rates(before, now), requests.subList(0, Math.min(MOST_REQUESTS, requests.size())),
                engine.misses(), samples % EXPERTS_PERIOD == 0 ? newLoad() : null, samples + 1 == mostSamples);
        before = now;
        samples++;
        return activity;
    }

    private static Rates rates(Sums before, Sums now) {
        double seconds = Math.max(1, now.nanos() - before.nanos()) / 1e9;
        long begun = now.speed().firstTokens() - before.speed().firstTokens();
        Double firstTokenMillis = begun == 0 ? null
                : (now.speed().firstTokenNanos() - before.speed().firstTokenNanos()) / 1e6 / begun;
        return new Rates((now.stats().promptTokens() - before.stats().promptTokens()) / seconds,
                (now.stats().outputTokens() - before.stats().outputTokens()) / seconds, firstTokenMillis);
    }

    /** What experts did since the last call; null if nothing. */
    private List<ExpertLoad.Layer> newLoad() {
        List<ExpertLoad.Layer> layers = new ArrayList<>();
        for (ExpertLoad.Layer layer : engine.expertLoad().layers()) {
            long[] tokens = layer.tokens();
            long[] earlier = experts.put(layer.layer(), tokens);
            long[] added = earlier == null ? tokens : difference(tokens, earlier);
            if (Arrays.stream(added).anyMatch(count -> count != 0)) {
                layers.add(new ExpertLoad.Layer(layer.layer(), added));
            }
        }
        return layers.isEmpty() ? null : layers;
    }

    private static long[] difference(long[] now, long[] earlier) {
        long[] difference = new long[now.length];
        Arrays.setAll(difference, i -> now[i] - earlier[i]);
        return difference;
    }
}
