package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.benchmarks.contender.ContenderProcess;
import dev.kimilinear.benchmarks.contender.LlamaPackage;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether both sides say the same: greedy answers to the same prompts, token by token. */
@Command(name = "answers", mixinStandardHelpOptions = true, description = {
        "Compares greedy answers of a model file with llama.cpp's.",
        "Exit code 0 if all are the same, 3 if any differs." })
final class Answers implements Callable<Integer> {

    private static final int DIFFERENT = 3;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The GGUF file.")
    private Path model;

    @Option(names = "--prompts", required = true, paramLabel = "FILE", description = "A JSON array of token ids in each line.")
    private Path prompts;

    @Option(names = "--most", paramLabel = "N", description = "The most tokens of an answer. Default: ${DEFAULT-VALUE}.", defaultValue = "256")
    private int most;

    @Option(names = "--threads", paramLabel = "N", description = "Number of threads. Default: ${DEFAULT-VALUE}.", defaultValue = "2")
    private int threads;

    @Option(names = "--cache", required = true, paramLabel = "FOLDER", description = "Where llama.cpp is kept.")
    private Path cache;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<int[]> asked = read();
        int context = most + asked.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        Tokenizer tokenizer;
        try (GgufFile file = GgufFile.open(model)) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        int[] ends = IntStream.range(0, tokenizer.size()).filter(tokenizer::isEndOfGeneration).toArray();
        Files.createDirectories(cache);
        Path libraries = LlamaPackage.install(cache.resolve("llama.cpp"));
        int same = 0;
        int tokens = 0;
        try (ContenderProcess ours = ContenderProcess.ours(cache);
                ContenderProcess peer = ContenderProcess.llama(cache, libraries)) {
            ours.open(model, threads, 1, context);
            peer.open(model, threads, 1, context);
            for (int i = 0; i < asked.size(); i++) {
                int[] our = ours.answer(asked.get(i), ends, most);
                int[] their = peer.answer(asked.get(i), ends, most);
                tokens += our.length;
                if (Arrays.equals(our, their)) {
                    same++;
                } else {
                    System.out.printf(Locale.ROOT, "Prompt %d, %s: \"%s\"%n  %s: \"%s\"%n", i + 1, ours.name(),
                            tokenizer.decode(our, true), peer.name(), tokenizer.decode(their, true));
                }
            }
        }
        System.out.printf(Locale.ROOT, "%s: %d of %d greedy answers (%,d tokens) are the same as those of %s%n",
                model.getFileName(), same, asked.size(), tokens, LlamaPackage.NAME);
        return same == asked.size() ? 0 : DIFFERENT;
    }

    private List<int[]> read() throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<int[]> read = new ArrayList<>();
        for (String line : Files.readAllLines(prompts)) {
            JsonNode tokens = json.readTree(line);
            if (!tokens.isArray() || tokens.isEmpty()) {
                throw new ParameterException(spec.commandLine(), prompts + ", line " + (read.size() + 1) + ": found "
                        + tokens.getNodeType() + ", expected an array of at least one token id");
            }
            read.add(json.convertValue(tokens, int[].class));
        }
        if (read.isEmpty()) {
            throw new ParameterException(spec.commandLine(), prompts + " has no prompts, expected at least one");
        }
        return read;
    }
}
