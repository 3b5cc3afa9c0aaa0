package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.kimilinear.KimiLinearChatModel;
import io.quarkus.builder.BuildContext;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.pkg.builditem.CurateOutcomeBuildItem;
import io.quarkus.maven.dependency.ArtifactCoords;
import io.quarkus.maven.dependency.DependencyFlags;
import io.quarkus.maven.dependency.ResolvedDependency;
import io.quarkus.test.QuarkusUnitTest;

/** The engine is loaded parent first, and so must be all that it stands on, and nothing else. */
class ParentFirstTest {

    /** A feature that says that the check was made. */
    private static final String CHECKED = "parent-first-checked";
    private static final String ENGINE = "dev.kimilinear:kimi-linear-engine";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideConfigKey("quarkus.langchain4j.chat-model.provider", "kimi-linear")
            .setLogRecordPredicate(record -> record.getMessage().startsWith("Installed features"))
            .assertLogRecords(records -> assertThat(records).singleElement()
                    .satisfies(record -> assertThat(List.of(record.getParameters())).asString().contains(CHECKED)))
            .addBuildChainCustomizer(builder -> builder.addBuildStep(ParentFirstTest::check)
                    .consumes(CurateOutcomeBuildItem.class).produces(FeatureBuildItem.class).build());

    /** Fails in the build of the application if it fails. */
    private static void check(BuildContext context) {
        Map<String, ResolvedDependency> all = context.consume(CurateOutcomeBuildItem.class).getApplicationModel()
                .getDependencies().stream().collect(Collectors.toMap(ParentFirstTest::name, Function.identity(), (a, b) -> a));
        Set<String> needed = new TreeSet<>();
        Deque<String> left = new ArrayDeque<>(List.of(ENGINE));
        while (!left.isEmpty()) {
            String name = left.pop();
            // Dependencies that nobody has at run time are not in the model.
            if (all.containsKey(name) && needed.add(name)) {
                all.get(name).getDependencies().stream().map(ParentFirstTest::name).forEach(left::push);
            }
        }
        assertThat(needed).contains(ENGINE, "com.hubspot.jinjava:jinjava", "com.fasterxml.jackson.core:jackson-core");
        assertThat(needed).as("parent first")
                .allMatch(name -> all.get(name).isFlagSet(DependencyFlags.CLASSLOADER_PARENT_FIRST));
        assertThat(listed()).as("what the engine stands on").isSubsetOf(needed);
        context.produce(new FeatureBuildItem(CHECKED));
    }

    private static String name(ArtifactCoords artifact) {
        return artifact.getGroupId() + ":" + artifact.getArtifactId();
    }

    private static List<String> listed() {
        Properties descriptor = new Properties();
        try (InputStream in = KimiLinearChatModel.class.getResourceAsStream("/META-INF/quarkus-extension.properties")) {
            descriptor.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Arrays.asList(descriptor.getProperty("parent-first-artifacts").split(","));
    }

    @Test
    void theCheckIsMadeWhenTheApplicationIsBuilt() {
        // A failed check fails the start before this, and one that was not made the assertion on the log behind it.
    }
}
