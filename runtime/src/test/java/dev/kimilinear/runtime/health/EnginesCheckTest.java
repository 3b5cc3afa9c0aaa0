package dev.kimilinear.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.assertj.core.api.Condition;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.runtime.internal.OpenModel;
import dev.kimilinear.runtime.internal.OpenModels;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;

class EnginesCheckTest {

    @TempDir
    Path folder;

    private Engine open() throws IOException {
        Path file = folder.resolve("tiny.gguf");
        try (InputStream model = EnginesCheckTest.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
            Files.copy(model, file);
        }
        return Engine.open(file, EngineOptions.defaults().withSnapshots(SnapshotOptions.off()));
    }

    @Test
    void anEngineThatRunsIsReadyAndOneThatWasClosedIsNot() throws Exception {
        Engine engine = open();
        OpenModels models = new OpenModels(Map.of(NamedConfigUtil.DEFAULT_NAME, OpenModel.of(null, engine), "creative",
                OpenModel.of(null, engine)));
        EnginesReadyCheck ready = new EnginesReadyCheck(models);
        EnginesLiveCheck live = new EnginesLiveCheck(models);

        HealthCheckResponse up = ready.call();
        assertThat(up.getStatus()).isEqualTo(Status.UP);
        assertThat(up.getData().orElseThrow()).as("one engine serves both").containsOnlyKeys("default,creative")
                .hasValueSatisfying(new Condition<>(text -> text.toString()
                        .matches("ready: \"Kimi-Linear-Tiny\", .* kernels, 0 requests in work, 0 waiting"), "says what it is"));
        engine.close();

        assertThat(ready.call().getStatus()).isEqualTo(Status.DOWN);
        assertThat(ready.call().getData().orElseThrow()).containsEntry("default,creative", "closed");
        assertThat(live.call().getStatus()).as("nothing is broken").isEqualTo(Status.UP);
    }

    @Test
    void withoutModelsThereIsNothingToWaitFor() {
        assertThat(new EnginesReadyCheck(new OpenModels(Map.of())).call().getStatus()).isEqualTo(Status.UP);
        assertThat(new EnginesLiveCheck(new OpenModels(Map.of())).call().getStatus()).isEqualTo(Status.UP);
    }
}
