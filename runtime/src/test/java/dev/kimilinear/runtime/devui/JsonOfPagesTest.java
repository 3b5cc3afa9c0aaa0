package dev.kimilinear.runtime.devui;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.ModelDetails;
import dev.kimilinear.engine.api.ModelInfo;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.SnapshotMiss;
import dev.kimilinear.engine.api.SnapshotStats;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;

/** What pages and service say to each other survives a mapper without our annotations. */
class JsonOfPagesTest {

    private static final MemoryPlan PLAN = new MemoryPlan(4096, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private static final EngineStats STATS = new EngineStats(1, 2, 3, 4, 5, 6, 7, 8,
            new SnapshotStats(1, 2, 3, 4, 5, 6, 7, 8, 9), PLAN);

    @Test
    void aConversationIsReadAsPagesWriteIt() {
        Map<String, Object> question = Map.of("role", "USER", "content", "What is the weather?", "toolCalls", List.of());
        Map<String, Object> call = Map.of("role", "ASSISTANT", "content", "", "toolCalls",
                List.of(Map.of("id", "functions.weather:0", "name", "weather", "argumentsJson", "{}")));
        Map<String, Object> result = Map.of("role", "TOOL", "content", "rain", "toolCalls", List.of(), "name", "weather",
                "toolCallId", "functions.weather:0");
        Map<String, Object> tool = Map.of("name", "weather", "description", "Tells it", "parametersJsonSchema", "{}");

        Map<String, Object> conversation = Map.of("turns", List.of(question, call, result), "tools", List.of(tool));
        assertThat(DevUiJson.read(conversation, Prompt.Chat.class)).isEqualTo(new Prompt.Chat(
                List.of(ChatTurn.user("What is the weather?"),
                        ChatTurn.assistant("", List.of(new ToolCall("functions.weather:0", "weather", "{}"))),
                        ChatTurn.tool("functions.weather:0", "weather", "rain")),
                List.of(new ToolSpec("weather", "Tells it", "{}"))));
    }

    @Test
    void parametersAndFormatComeBackAsTheyWere() {
        PlaygroundParameters parameters = PlaygroundParameters
                .of(GenerationRequest.of(new Prompt.Text("")).withStop(List.of("\n")));
        assertThat(DevUiJson.read(DevUiJson.write(parameters), PlaygroundParameters.class)).isEqualTo(parameters);

        PlaygroundFormat format = new PlaygroundFormat(PlaygroundFormat.Kind.JSON_SCHEMA, "{}");
        assertThat(DevUiJson.read(DevUiJson.write(format), PlaygroundFormat.class)).isEqualTo(format);
    }

    @Test
    void anEventHasOneFieldOnly() {
        assertThat(DevUiJson.write(PlaygroundEvent.text("a"))).hasToString("{\"text\":\"a\"}");
        assertThat(DevUiJson.write(PlaygroundEvent.error("b"))).hasToString("{\"error\":\"b\"}");
        assertThat(DevUiJson.write(PlaygroundEvent.token(new TokenChoice(7, "c", 0.5,
                List.of(new TokenChoice.Alternative(7, "c", 0.5))))))
                .hasToString("{\"token\":{\"id\":7,\"text\":\"c\",\"probability\":0.5,"
                        + "\"alternatives\":[{\"id\":7,\"text\":\"c\",\"probability\":0.5}]}}");
    }

    /** A method {@code isOff()} of a record, say, would be one more. */
    @Test
    void recordsAreWrittenWithTheirComponentsAndNothingElse() {
        ModelInfo info = new ModelInfo("m", Path.of("m.gguf"), 1, 2, "F32 100 %", 3, 4, 5, 6, 7, "scalar");
        ModelDetails details = new ModelDetails(List.of(new ModelDetails.Tensor("t", "F32", List.of(2L, 3L), 24)),
                List.of(new ModelDetails.Layer(0, "KDA", "dense", 0, 0)), "scalar", "why", PanelMode.OFF, "f");
        ModelFacts facts = ModelFacts.of(info, details, MemoryUse.of(STATS), GenerationRequest.of(new Prompt.Text("")));
        JsonNode json = DevUiJson.write(facts);
        assertComponents(json, ModelFacts.class);
        assertComponents(json.get("info"), ModelInfo.class);
        assertComponents(json.get("memory"), MemoryUse.class);
        assertComponents(json.get("memory").get("plan"), MemoryPlan.class);
        assertComponents(json.get("parameters"), PlaygroundParameters.class);
        assertComponents(json.get("details"), ModelDetails.class);
        assertThat(json.get("details").get("tensors").get(0).get("shape")).hasToString("[2,3]");

        JsonNode activity = DevUiJson.write(new Activity(Instant.EPOCH, new EngineHealth(true, "f", 1), STATS,
                new EngineSpeed(1, 2, 3, 4, 5, 6), new Activity.Rates(1, 2, 3.0),
                List.of(new RequestActivity("i", RequestActivity.Phase.READING, 1, 2, 3, 4, 5)),
                List.of(new SnapshotMiss(Instant.EPOCH, 1, 2, "e")),
                List.of(new ExpertLoad.Layer(1, new long[] { 5, 6 })), true));
        assertComponents(activity, Activity.class);
        assertComponents(activity.get("stats"), EngineStats.class);
        assertComponents(activity.get("requests").get(0), RequestActivity.class);
        assertThat(activity.get("experts")).hasToString("[{\"layer\":1,\"tokens\":[5,6]}]");
        assertThat(activity.get("misses").get(0).get("time").asText()).isEqualTo("1970-01-01T00:00:00Z");
    }

    private static void assertComponents(JsonNode json, Class<? extends Record> type) {
        Set<String> names = new HashSet<>();
        json.fieldNames().forEachRemaining(names::add);
        assertThat(names).isEqualTo(Set.of(Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName)
                .toArray(String[]::new)));
    }
}
