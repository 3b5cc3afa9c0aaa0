package dev.kimilinear.engine.api;

import java.time.Instant;

/**
 * A prompt of which more was read than it seems to need: it begins like an earlier one, and then differs from it.
 *
 * @param time when it came into work
 * @param promptTokens tokens of the prompt
 * @param restoredTokens tokens that a snapshot had of it all the same
 * @param explanation where the two differ, with the words of both: a part of what was asked
 */
public record SnapshotMiss(Instant time, int promptTokens, int restoredTokens, String explanation) {
}
