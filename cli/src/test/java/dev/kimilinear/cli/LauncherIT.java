package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script {@code cli/kimi} and the packaged jar, as processes. */
class LauncherIT {

    /** The working directory of tests is the module's. */
    private static final Path LAUNCHER = Path.of("kimi").toAbsolutePath();

    /** A start takes about a second; the rest is for machines that are busy. */
    private static final int TIMEOUT_SECONDS = 120;

    @TempDir
    static Path folder;

    static Path model;

    @BeforeAll
    static void copyModel() throws IOException {
        model = Run.tinyModel(folder);
    }

    @Test
    void itPrintsTheResultAndNothingElse() throws Exception {
        String text = "Grüße 中文 😀\n";

        assertThat(launch(LAUNCHER, text, "tokenize", "--model", model.toString()))
                .isEqualTo(Run.kimi(text.getBytes(UTF_8), "tokenize", "--model", model.toString()));
    }

    @Test
    void badInputEndsItWithOneSentence() throws Exception {
        Run run = launch(LAUNCHER, "", "tokenize", "--model", "nix.gguf");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("kimi: ").contains("nix.gguf");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void thePromptIsUtf8WhateverTheLocale() throws Exception {
        String[] arguments = { "complete", "--model", model.toString(), "--prompt", "Grüße 中文 😀", "--max-tokens", "3",
                "--json", "--ignore-eos" };

        assertThat(launch(LAUNCHER, "", arguments)).isEqualTo(Run.kimi(arguments));
    }

    @Test
    void itRunsVectorKernels() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens.json"), "[1, 2, 3]");
        Path out = folder.resolve("rows.f32");

        assertThat(launch(LAUNCHER, "", "logits", "--model", model.toString(), "--tokens-file", tokens.toString(),
                "--positions", "2", "--out", out.toString(), "--kernels", "vector")).isEqualTo(new Run(0, "", ""));
        assertThat(out).isNotEmptyFile();
    }

    /** Into a pipe that is closed after five bytes: an endless answer must end, and say so. */
    @Test
    void itEndsWhenNobodyReadsItsOutput() throws Exception {
        Path script = Files.writeString(folder.resolve("endless"), "set -o pipefail; '" + LAUNCHER + "' complete --model '"
                + model + "' --prompt Hello --ignore-eos | head -c 5");

        Run run = launch(Path.of("/usr/bin/env"), "", "bash", script.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).hasSize(5);
        assertThat(run.err()).isEqualTo("kimi: Standard output cannot be written.\n");
    }

    @Test
    void itStartsThroughALinkFromAnyDirectory() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);

        Run run = launch(link, "", "--version");

        Files.delete(link);
        assertThat(run.exitCode()).isEqualTo(0);
        assertThat(run.out()).startsWith("kimi ");
    }

    @Test
    void withoutTheJarItNamesTheCommandThatBuildsIt() throws Exception {
        Path lonely = Files.copy(LAUNCHER, folder.resolve("lonely"));

        Run run = launch(lonely, "", "--version");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("not built").contains("./mvnw");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void aFetchGoesOnWhereItWasStopped() throws Exception {
        byte[] content = Files.readAllBytes(model);
        try (HubServer hub = new HubServer()) {
            hub.add("tiny-F16.gguf", content);
            hub.silentAfter = 1_000_000;
            Path cache = folder.resolve("hub");
            Path part = cache.resolve("models--owner--name/blobs/" + HubServer.sha256(content) + ".part");
            ProcessBuilder fetch = new ProcessBuilder(LAUNCHER.toString(), "fetch", "hf:owner/name")
                    .redirectOutput(folder.resolve("stdout").toFile()).redirectError(folder.resolve("stderr").toFile());
            fetch.environment().putAll(Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HUB_CACHE", cache.toString(), "JAVA_HOME",
                    System.getProperty("java.home")));

            Process stopped = fetch.start();
            while (!Files.exists(part) || Files.size(part) < 1_000_000) {
                assertThat(stopped.waitFor(10, TimeUnit.MILLISECONDS)).as("it waits for more").isFalse();
            }
            stopped.destroy();
            assertThat(stopped.waitFor()).isNotZero();
            assertThat(fetch.start().waitFor()).isZero();

            Path file = Path.of(Files.readString(folder.resolve("stdout")).strip());
            assertThat(file).startsWith(cache).hasBinaryContent(content);
            assertThat(hub.ranges).containsExactly(null, "bytes=1000000-");
        }
    }

    private static Run launch(Path launcher, String stdin, String... arguments) throws Exception {
        // By a script, because this JVM would encode arguments by its own locale.
        StringBuilder script = new StringBuilder("exec");
        script.append(quoted(launcher.toString()));
        for (String argument : arguments) {
            script.append(quoted(argument));
        }
        Path command = Files.writeString(folder.resolve("command"), script);
        Path in = Files.writeString(folder.resolve("stdin"), stdin);
        Path out = folder.resolve("stdout");
        Path err = folder.resolve("stderr");
        ProcessBuilder builder = new ProcessBuilder("bash", command.toString())
                .directory(folder.toFile())
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("Still running after " + TIMEOUT_SECONDS + " s: " + script);
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private static String quoted(String argument) {
        return " '" + argument.replace("'", "'\\''") + "'";
    }
}
