package dev.kimilinear.sample;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.QuarkusDevModeTest;

/** In dev mode engines outlive the application. {@code -Dreloads=50} makes the long run that the documentation reports. */
class ReloadTest {

    private static final int RELOADS = Integer.getInteger("reloads", 5);
    private static final String KEY = "quarkus.langchain4j.kimi-linear.second.chat-model.context-length";

    @RegisterExtension
    static final QuarkusDevModeTest APP = new QuarkusDevModeTest()
            .withApplicationRoot(jar -> jar.addClasses(EnginesResource.class).addAsResource(new StringAsset("""
                    quarkus.langchain4j.chat-model.provider=kimi-linear
                    quarkus.langchain4j.second.chat-model.provider=kimi-linear
                    quarkus.langchain4j.temperature=0
                    quarkus.otel.sdk.disabled=true
                    # Other tests of this JVM have engines too: not the same.
                    quarkus.langchain4j.kimi-linear.chat-model.context-length=800
                    %s=256
                    """.formatted(KEY)), "application.properties"))
            .setLogRecordPredicate(record -> record.getLoggerName().equals("dev.kimilinear.engine.Engine"));

    private record Seen(String version, String first, String second, String answer) {
    }

    private static Seen see() {
        String[] parts = get("/engines").then().statusCode(200).extract().asString().split(", ", 4);
        assertThat(parts[3]).isEqualTo("The capital of France is Paris.");
        return new Seen(parts[0], parts[1], parts[2], parts[3]);
    }

    /** Memory that the process holds after a collection: what Java uses of its heap and keeps for it, and what is resident. */
    private static String memory() throws Exception {
        System.gc();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        Path status = Path.of("/proc/self/status");
        String resident = Files.exists(status)
                ? Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS")).findFirst().orElse("")
                        .replaceAll("\\D", "")
                : "0";
        return String.format(Locale.ROOT, "%d MB of heap used of %d MB, %d MB resident, %d classes", heap.getUsed() >> 20,
                heap.getCommitted() >> 20, Long.parseLong(resident) >> 10,
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
    }

    @Test
    void enginesOutliveTheApplication() throws Exception {
        Seen before = see();
        StringBuilder report = new StringBuilder();
        for (int i = 1; i <= RELOADS; i++) {
            String from = "version " + (i - 1);
            String to = "version " + i;
            APP.modifySourceFile(EnginesResource.class, source -> source.replace(from, to));
            assertThat(see()).isEqualTo(new Seen(to, before.first(), before.second(), before.answer()));
            if (i == 1 || i == 5 || i % 10 == 0) {
                report.append(i).append(" reloads: ").append(memory()).append('\n');
            }
        }
        Files.writeString(Path.of("target/reloads.txt"), report);
        assertThat(APP.getLogRecords()).as("openings, of %d applications", RELOADS + 1).hasSize(2);

        APP.modifyResourceFile("application.properties", properties -> properties.replace(KEY + "=256", KEY + "=512"));
        Seen changed = see();
        assertThat(changed.first()).as("nothing was said of this one").isEqualTo(before.first());
        assertThat(changed.second()).as("this one has another context").isNotEqualTo(before.second());
        assertThat(APP.getLogRecords()).hasSize(3);
    }
}
