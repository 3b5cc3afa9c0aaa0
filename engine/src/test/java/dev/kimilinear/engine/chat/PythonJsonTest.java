package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PythonJsonTest {

    @TestFactory
    Stream<DynamicTest> everyTextIsWrittenAsPythonWritesIt() {
        return StreamSupport.stream(Recordings.entries("/chat/python-json.json").spliterator(), false)
                .map(entry -> DynamicTest.dynamicTest(entry.get("text").asText(),
                        () -> assertThat(PythonJson.DEFAULT.write(PythonJson.parse(entry.get("text").asText())))
                                .isEqualTo(entry.get("expected").asText())));
    }

    @Test
    void whatFollowsAJsonTextIsRefused() {
        assertThatThrownBy(() -> PythonJson.parse("{} {}")).hasMessageContaining("Trailing token");
    }

    @Test
    void aValueThatJsonDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> PythonJson.DEFAULT.write(Thread.currentThread()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("java.lang.Thread");
    }
}
