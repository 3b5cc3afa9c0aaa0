package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.redis.datasource.RedisDataSource;
import io.quarkus.test.QuarkusUnitTest;

/** Conversations that one replica begins and another goes on with: here two engines of the same file. */
@Tag("redis")
class RedisSnapshotsTest {

    private static final RedisServer REDIS = new RedisServer();
    private static final String ROOT = "quarkus.langchain4j.kimi-linear.";
    private static final String MODEL = "0123456789abcdef0123456789abcdef";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClass(RedisServer.class))
            .setBeforeAllCustomizer(REDIS::start)
            .setAfterAllCustomizer(REDIS::close)
            .overrideRuntimeConfigKey("quarkus.redis.hosts", REDIS.url())
            .overrideConfigKey("quarkus.langchain4j.temperature", "0")
            .overrideConfigKey(ROOT + "chat-model.snapshots.store", "redis")
            .overrideConfigKey(ROOT + "other.chat-model.snapshots.store", "redis")
            .overrideConfigKey(ROOT + "other.chat-model.context-length", "2000")
            .overrideConfigKey(ROOT + "third.chat-model.snapshots.memory", "0");

    @Inject
    ChatModel model;

    @Inject
    @ModelName("other")
    ChatModel other;

    @Inject
    @ModelName("third")
    ChatModel withoutSnapshots;

    @Inject
    Engine engine;

    @Inject
    @ModelName("other")
    Engine otherEngine;

    @Inject
    SnapshotStore store;

    @Inject
    RedisDataSource redis;

    @Test
    void anotherReplicaGoesOn() throws Exception {
        assertThat(otherEngine).isNotSameAs(engine);
        UserMessage story = UserMessage.from("The baker sold bread and cake to the people of the town. ".repeat(30)
                + "My name is Oskar.");
        AiMessage answer = model.chat(story).aiMessage();
        while (engine.stats().snapshots().saved() == 0) {
            Thread.sleep(10);
        }
        UserMessage question = UserMessage.from("What is my name?");
        String there = other.chat(story, answer, question).aiMessage().text();

        assertThat(otherEngine.stats().snapshots().loaded()).isEqualTo(1);
        assertThat(otherEngine.stats().promptTokens()).as("the message, not the story").isLessThan(20);
        assertThat(there).isEqualTo(withoutSnapshots.chat(story, answer, question).aiMessage().text());
        assertThat(redis.key().keys("kimi-linear:snapshot*")).hasSizeGreaterThanOrEqualTo(3).allSatisfy(
                key -> assertThat(redis.key().pttl(key)).isBetween(80_000_000L, 86_460_000L));
    }

    @Test
    void largeSnapshotsAreCutIntoPieces() throws IOException {
        byte[] bytes = new byte[(9 << 20) + 17];
        new Random(1).nextBytes(bytes);
        SnapshotKey key = new SnapshotKey(MODEL, 300, MODEL);
        store.save(key, bytes.length, out -> {
            for (int at = 0; at < bytes.length; at += 100_000) {
                out.write(bytes, at, Math.min(100_000, bytes.length - at));
            }
        });

        assertThat(store.keys(MODEL)).containsExactly(key);
        assertThat(redis.key().keys("kimi-linear:snapshot:" + key + ":*")).hasSize(4);
        try (InputStream in = store.load(key).orElseThrow()) {
            assertThat(in.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void whatIsNotThereIsNotFound() throws IOException {
        SnapshotKey key = new SnapshotKey(MODEL.replace('0', '7'), 5, MODEL);
        assertThat(store.keys(key.model())).isEmpty();
        assertThat(store.load(key)).isEmpty();
        store.save(key, 3, out -> out.write(new byte[3]));
        redis.key().del("kimi-linear:snapshot:" + key);

        assertThat(store.load(key)).as("who says how many pieces there are is gone").isEmpty();
        assertThat(store.keys(key.model())).isEqualTo(List.of(key));
    }
}
