package dev.kimilinear.engine.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GenerationRequestTest {

    private static final GenerationRequest DEFAULTS = GenerationRequest
            .of(new Prompt.Chat(List.of(ChatTurn.user("Hello!")), List.of(new ToolSpec("ping", null, "{}"))));

    /** A value that is not the default for everything that can be changed; what has none fails the test below. */
    private static final Map<String, Object> CHANGES = Map.ofEntries(
            Map.entry("sampling", SamplingParams.temperature(0.5f)), Map.entry("maxOutputTokens", 7),
            Map.entry("stop", List.of("x")), Map.entry("format", new AnswerFormat.JsonObject()),
            Map.entry("toolChoice", ToolChoice.REQUIRED), Map.entry("parallelToolCalls", false),
            Map.entry("splitThinking", true), Map.entry("renderControlTokens", true), Map.entry("timeoutMillis", 5L),
            Map.entry("alternatives", 3));

    static Stream<RecordComponent> changeable() {
        // The prompt is given, and what ignores the end of an answer has no tools.
        return Stream.of(GenerationRequest.class.getRecordComponents())
                .filter(component -> !List.of("prompt", "ignoreEndOfGeneration").contains(component.getName()));
    }

    @ParameterizedTest
    @MethodSource("changeable")
    void eachCanBeChangedAlone(RecordComponent component) throws Exception {
        assertChanges(DEFAULTS, component.getName(), CHANGES.get(component.getName()), component.getType());
    }

    @Test
    void whatIgnoresTheEndCanBeChangedAlone() throws Exception {
        assertChanges(GenerationRequest.of(new Prompt.Text("a")), "ignoreEndOfGeneration", true, boolean.class);
    }

    private static void assertChanges(GenerationRequest request, String name, Object value, Class<?> type) throws Exception {
        Method with = GenerationRequest.class.getMethod("with" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                type);

        GenerationRequest changed = (GenerationRequest) with.invoke(request, value);

        for (RecordComponent other : GenerationRequest.class.getRecordComponents()) {
            Object expected = other.getName().equals(name) ? value : other.getAccessor().invoke(request);
            assertThat(other.getAccessor().invoke(changed)).as(other.getName()).isEqualTo(expected);
        }
        assertThat(changed).isNotEqualTo(request);
    }

    @Test
    void whatIsOutOfRangeIsRefusedByName() {
        assertRefused(() -> DEFAULTS.withMaxOutputTokens(-1), "maxOutputTokens is -1, expected 0 (as many as fit) or more");
        assertRefused(() -> DEFAULTS.withTimeoutMillis(-1), "timeoutMillis is -1, expected 0 (never) or more");
        assertRefused(() -> DEFAULTS.withAlternatives(-1), "alternatives is -1, expected 0 (none) to 20");
        assertRefused(() -> DEFAULTS.withAlternatives(21), "alternatives is 21, expected 0 (none) to 20");
        assertRefused(() -> DEFAULTS.withStop(List.of("a", "")), "A stop sequence is empty");
        assertThat(DEFAULTS.alternatives()).isZero();
        assertThat(DEFAULTS.withAlternatives(20).alternatives()).isEqualTo(20);
    }

    private static void assertRefused(ThrowingCallable change, String message) {
        assertThatIllegalArgumentException().isThrownBy(change).withMessageStartingWith(message);
    }
}
