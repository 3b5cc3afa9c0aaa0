package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.model.KimiConfig;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A prompt to its continuation. */
@Command(name = "complete", description = "Continues a prompt and prints the text as it comes, or with --json the result as one line {\"ids\":[..],\"text\":\"..\",\"finish\":\"stop|length\"}.")
final class CompleteCommand implements Callable<Integer> {

    @Mixin
    ModelOption model;

    @ArgGroup(multiplicity = "1")
    Input input;

    static final class Input {

        @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "Raw text, no chat template; texts of special tokens become those tokens. No beginning-of-text token is added.")
        String prompt;

        @Option(names = "--tokens-file", required = true, paramLabel = "FILE", description = "A JSON array of token ids, read as they are.")
        Path tokensFile;
    }

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens to generate. Default: as many as the model's context holds, or memory if that is less.")
    Integer maxTokens;

    @Option(names = "--temperature", paramLabel = "T", defaultValue = "0", description = "0, the default, always takes the most probable token.")
    float temperature;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the random draw, for a temperature above 0. Default: another one each time.")
    Long seed;

    @Option(names = "--ignore-eos", description = "Go on after an end-of-generation token, as after any other.")
    boolean ignoreEos;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (maxTokens != null && maxTokens < 1) {
            throw new InputException("--max-tokens is " + maxTokens + ", expected 1 or more.");
        }
        SamplingParams drawn = SamplingParams.temperature(temperature);
        SamplingParams sampling = seed == null ? drawn : drawn.withSeed(seed);
        TokensFile tokens = input.tokensFile == null ? null : TokensFile.read(input.tokensFile);
        Prompt prompt = tokens == null ? new Prompt.Text(input.prompt) : new Prompt.Tokens(tokens.ids());
        GenerationRequest request = GenerationRequest.of(prompt).withSampling(sampling)
                .withMaxOutputTokens(maxTokens == null ? 0 : maxTokens).withIgnoreEndOfGeneration(ignoreEos)
                .withRenderControlTokens(true);
        PrintWriter out = spec.commandLine().getOut();
        try (Engine engine = open(tokens == null ? input.prompt.getBytes(UTF_8).length : tokens.ids().length)) {
            if (tokens != null) {
                tokens.check(engine.model().vocabularySize());
            }
            GenerationResult result = engine.submit(request, json ? new Silent() : new Printer(out)).await();
            out.print(json ? Json.MAPPER.writeValueAsString(fields(result)) : "");
            out.print('\n');
            Kimi.flush(out);
        }
        return 0;
    }

    private static Map<String, Object> fields(GenerationResult result) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("ids", result.tokenIds());
        fields.put("text", result.text());
        fields.put("finish", result.finishReason().name().toLowerCase(Locale.ROOT));
        return fields;
    }

    /**
     * Opens the model with the context that prompt and answer need; without a limit for the answer with all that the model
     * has, or of that what fits into memory.
     *
     * @param promptTokens the most tokens of the prompt; a token of a text has at least one byte
     */
    private Engine open(int promptTokens) {
        int longest = contextTokens();
        if (maxTokens != null) {
            return openWith(Math.clamp((long) promptTokens + maxTokens, 1, longest));
        }
        try {
            return openWith(longest);
        } catch (InsufficientMemoryException e) {
            if (e.plan().longestContextTokens() == 0) {
                throw e;
            }
            return openWith(e.plan().longestContextTokens());
        }
    }

    private Engine openWith(int contextTokens) {
        return Engine.open(model.file(),
                EngineOptions.defaults().withParallelSequences(1).withSnapshots(SnapshotOptions.off())
                        .withContextTokens(contextTokens)
                        .withLatentCache(LatentCacheType.F32));
    }

    private int contextTokens() {
        try (GgufFile file = GgufFile.open(model.file())) {
            return KimiConfig.of(file.metadata()).contextLength();
        }
    }

    /** The result comes from the handle, errors too. */
    private static class Silent implements GenerationListener {

        @Override
        public void onText(String text) {
        }

        @Override
        public void onComplete(GenerationResult result) {
        }

        @Override
        public void onError(Throwable error) {
        }
    }

    /** Prints each piece when it comes. */
    private static final class Printer extends Silent {

        private final PrintWriter out;

        Printer(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void onText(String text) {
            out.print(text);
            Kimi.flush(out);
        }
    }
}
