package dev.kimilinear.codestart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that is created with the extension: what it consists of, and that it builds and passes its own test. */
class CodestartIT {

    private static final String EXTENSION = "quarkus-langchain4j-kimi-linear";
    private static final String VERSION = System.getProperty("project-version");
    private static final String QUARKUS_VERSION = System.getProperty("quarkus-version");

    /** A build takes less than a minute; the rest is for machines that are busy, and for the first downloads. */
    private static final int TIMEOUT_MINUTES = 10;

    @TempDir
    static Path folder;

    /** The modules as this build has packaged them, which Maven finds before anything in its usual repository. */
    static Path repository;

    @BeforeAll
    static void collectModules() throws IOException {
        repository = folder.resolve("repository");
        collect("..", "kimi-linear-parent");
        collect("../extension", "quarkus-langchain4j-kimi-linear-parent");
        collect("../engine", "kimi-linear-engine", ".jar");
        collect("../tiny-model", "kimi-linear-tiny-model", ".jar");
        collect("../runtime", EXTENSION, ".jar", "-codestarts.jar");
        collect("../deployment", EXTENSION + "-deployment", ".jar");
    }

    @Test
    void anApplicationWithMavenBuildsAndPassesItsTest() throws Exception {
        Path application = create("with-maven", "maven");

        assertThat(application.resolve("pom.xml")).content()
                .contains("<artifactId>" + EXTENSION + "</artifactId>")
                .contains("<packaging>quarkus</packaging>")
                .contains("<argLine>--add-modules=jdk.incubator.vector</argLine>");
        assertThat(application.resolve("src/main/java/org/example/ChatResource.java")).content()
                .startsWith("package org.example;");
        assertThat(application.resolve("README.md")).content()
                .contains("### Kimi-Linear", "java @target/quarkus-app/jvm.args");

        assertThat(maven(application, "package", "-Dquarkus.http.test-port=0",
                // Not the cache of the user who runs this test.
                "-Dquarkus.langchain4j.kimi-linear.cache-directory=" + folder.resolve("model-cache")))
                .contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0")
                .containsPattern("vector [0-9]+ bit kernels");
        assertThat(application.resolve("target/quarkus-app/jvm.args")).isNotEmptyFile();
    }

    @Test
    void anApplicationWithGradleHasTheSameSources() throws Exception {
        Path application = create("with-gradle", "gradle");

        assertThat(application.resolve("build.gradle")).content().contains("dev.kimilinear:" + EXTENSION + ":" + VERSION);
        assertThat(application.resolve("src/test/java/org/example/ChatResourceTest.java")).isNotEmptyFile();
        assertThat(application.resolve("README.md")).content()
                .contains("java @build/quarkus-app/jvm.args", "jvmArgs '--add-modules=jdk.incubator.vector'");
        assertThat(application.resolve("pom.xml")).doesNotExist();
    }

    private static Path create(String name, String buildTool) throws Exception {
        maven(folder, "io.quarkus:quarkus-maven-plugin:" + QUARKUS_VERSION + ":create",
                "-DplatformGroupId=io.quarkus", "-DplatformVersion=" + QUARKUS_VERSION, "-DquarkusRegistryClient=false",
                "-DprojectGroupId=org.example", "-DprojectArtifactId=" + name, "-DbuildTool=" + buildTool,
                "-Dextensions=dev.kimilinear:" + EXTENSION + ":" + VERSION);
        return folder.resolve(name);
    }

    /** What Maven prints; it must succeed. */
    private static String maven(Path directory, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("maven.home") + "/bin/mvn", "-B", "-ntp",
                "-Dmaven.repo.local=" + repository,
                "-Dmaven.repo.local.tail=" + System.getProperty("local-repository")));
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile(folder, "maven", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("%s ends in time", command).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String output = Files.readString(log, UTF_8);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static void collect(String module, String artifactId, String... suffixes) throws IOException {
        Path target = Files.createDirectories(repository.resolve("dev/kimilinear").resolve(artifactId).resolve(VERSION));
        String name = artifactId + "-" + VERSION;
        Files.copy(Path.of(module, "pom.xml"), target.resolve(name + ".pom"));
        for (String suffix : suffixes) {
            Files.copy(Path.of(module, "target", name + suffix), target.resolve(name + suffix));
        }
    }
}
