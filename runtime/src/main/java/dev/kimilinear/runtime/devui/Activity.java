package dev.kimilinear.runtime.devui;

import java.time.Instant;
import java.util.List;

import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.SnapshotMiss;

/**
 * What an engine does at one moment.
 *
 * @param stats sums since the engine was opened
 * @param speed sums since then too
 * @param rates since the sample before; null in the first one
 * @param requests the oldest ones, at most {@value ActivityFeed#MOST_REQUESTS}
 * @param misses prompts of which more was read than they seem to need, the newest first
 * @param experts what experts did since this was last said, the first time since the engine was opened: the layers in which
 *        any did something; null where it is not said
 * @param last whether the stream ends with this sample, for whoever wants more to subscribe again
 */
public record Activity(Instant time, EngineHealth health, EngineStats stats, EngineSpeed speed, Rates rates,
        List<RequestActivity> requests, List<SnapshotMiss> misses, List<ExpertLoad.Layer> experts, boolean last) {

    /**
     * @param promptTokens tokens of prompts read, a second
     * @param outputTokens tokens generated, a second
     * @param firstTokenMillis from submission to first token, the mean of the answers that began; null if none did
     */
    public record Rates(double promptTokens, double outputTokens, Double firstTokenMillis) {
    }
}
