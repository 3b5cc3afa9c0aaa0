package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.quarkus.test.junit.QuarkusTest;

/** LangChain4j's listeners hear of every request, and the tracer has a span of it. */
@QuarkusTest
class TracingTest {

    private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.response.model");
    private static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.completion_tokens");

    @Inject
    InMemorySpanExporter spans;

    @BeforeEach
    void forget() {
        spans.reset();
    }

    @Test
    void aBlockingAnswerIsTraced() {
        new Chat().say("Hello!");
        await().untilAsserted(() -> assertThat(spans.getFinishedSpanItems()).anySatisfy(TracingTest::isOfAnAnswer));
    }

    @Test
    void aStreamedAnswerIsTraced() throws Exception {
        try (EventStream stream = new Chat().stream("Hello!")) {
            stream.rest();
        }
        await().untilAsserted(() -> assertThat(spans.getFinishedSpanItems()).anySatisfy(TracingTest::isOfAnAnswer));
    }

    private static void isOfAnAnswer(SpanData span) {
        assertThat(span.getAttributes().get(MODEL)).isEqualTo("Kimi-Linear-Tiny");
        assertThat(span.getAttributes().get(OUTPUT_TOKENS)).isPositive();
    }

    /** Spans stay in memory. */
    @ApplicationScoped
    static class Spans {
        @Produces
        @Singleton
        InMemorySpanExporter exporter() {
            return InMemorySpanExporter.create();
        }
    }
}
