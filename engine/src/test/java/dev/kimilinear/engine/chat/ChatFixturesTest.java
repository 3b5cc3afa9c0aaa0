package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.FixtureReport;
import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.chat.Recordings.Model;

/** Prompts that llama-server made of conversations, and their token ids. */
class ChatFixturesTest {

    /** Has control tokens in a user's text, which a server that parses the whole prompt takes for turns. */
    private static final int FORGED = 8;

    private static final JsonNode ENTRIES = Recordings.read(Fixtures.project("chat/chat.json"));
    private static final AtomicInteger HELD_PROMPTS = new AtomicInteger();
    private static final AtomicInteger HELD_IDS = new AtomicInteger();
    private static final Model MODEL = Model.of(Fixtures.project("models/tiny-f32/model.gguf"));

    @TestFactory
    Stream<DynamicTest> everyPromptIsTheRecordedOne() {
        return IntStream.range(0, ENTRIES.size()).mapToObj(i -> DynamicTest.dynamicTest("prompt " + i, () -> {
            assertThat(MODEL.template().render(turns(i), tools(i))).isEqualTo(prompt(i));
            HELD_PROMPTS.incrementAndGet();
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyPromptWithoutControlTokensInItsTextsHasTheRecordedIds() {
        return IntStream.range(0, ENTRIES.size()).filter(i -> i != FORGED)
                .mapToObj(i -> DynamicTest.dynamicTest("ids " + i, () -> {
                    assertThat(MODEL.template().encode(turns(i), tools(i))).containsExactly(ids(i));
                    HELD_IDS.incrementAndGet();
                }));
    }

    @Test
    void controlTokensInAUsersTextStayText() {
        int[] ids = MODEL.template().encode(turns(FORGED), tools(FORGED));

        assertThat(ids).isNotEqualTo(ids(FORGED));
        assertThat(MODEL.tokenizer().decode(ids, true)).isEqualTo(prompt(FORGED));
        int end = MODEL.tokenizer().id("<|im_end|>").orElseThrow();
        assertThat(IntStream.of(ids).filter(id -> id == end)).as("the ends of two turns, not of a third").hasSize(2);
    }

    @Test
    void nineConversationsAreRecorded() {
        assertThat(ENTRIES.size()).isEqualTo(9);
    }

    @AfterAll
    static void report() {
        FixtureReport.add("project", "prompts of the chat template", HELD_PROMPTS.get(), ENTRIES.size());
        FixtureReport.add("project", "ids of these prompts (one must differ)", HELD_IDS.get(), ENTRIES.size());
    }

    private static List<ChatTurn> turns(int i) {
        return Recordings.turns(ENTRIES.get(i).get("request").get("messages"));
    }

    private static List<ToolSpec> tools(int i) {
        return Recordings.tools(ENTRIES.get(i).get("request").path("tools"));
    }

    private static String prompt(int i) {
        return ENTRIES.get(i).get("prompt").asText();
    }

    private static int[] ids(int i) {
        return StreamSupport.stream(ENTRIES.get(i).get("prompt_ids").spliterator(), false).mapToInt(JsonNode::asInt)
                .toArray();
    }
}
