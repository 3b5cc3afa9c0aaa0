package dev.kimilinear.sample;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.JavaArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.quarkus.test.ContinuousTestingTestUtils;
import io.quarkus.test.ContinuousTestingTestUtils.TestStatus;
import io.quarkus.test.QuarkusDevModeTest;

/** The tests of continuous testing run in an application of their own, beside that of dev mode: both have the same engines. */
class ContinuousTestingTest {

    @RegisterExtension
    static final QuarkusDevModeTest APP = new QuarkusDevModeTest()
            .withApplicationRoot(jar -> jar.addClasses(EnginesResource.class)
                    .addAsResource(new StringAsset(ContinuousTestingTestUtils.appProperties(
                            "quarkus.langchain4j.chat-model.provider=kimi-linear",
                            "quarkus.langchain4j.second.chat-model.provider=kimi-linear",
                            // Other tests of this JVM have engines too: not the same.
                            "quarkus.langchain4j.kimi-linear.chat-model.context-length=700",
                            "quarkus.langchain4j.kimi-linear.second.chat-model.context-length=600",
                            "quarkus.langchain4j.temperature=0",
                            "quarkus.otel.sdk.disabled=true",
                            "quarkus.http.test-port=0")), "application.properties"))
            .setTestArchiveProducer(() -> ShrinkWrap.create(JavaArchive.class).addClass(SharedEngineET.class))
            .setLogRecordPredicate(record -> record.getLoggerName().equals("dev.kimilinear.engine.Engine"));

    @Test
    void enginesAreThoseOfTheApplication() {
        String application = get("/engines").then().statusCode(200).extract().asString();

        ContinuousTestingTestUtils testing = new ContinuousTestingTestUtils();
        assertPassed(testing.waitForNextCompletion());
        assertThat(APP.getLogRecords()).as("openings, after the first run").hasSize(2);

        APP.modifyTestSourceFile(SharedEngineET.class, source -> source.replace("version 0", "version 1"));
        assertPassed(testing.waitForNextCompletion());
        assertThat(APP.getLogRecords()).as("openings, after the second run").hasSize(2);
        assertThat(get("/engines").then().statusCode(200).extract().asString()).isEqualTo(application);
    }

    private static void assertPassed(TestStatus status) {
        assertThat(status.getTestsPassed()).isEqualTo(1);
        assertThat(status.getTotalTestsFailed()).isZero();
    }
}
