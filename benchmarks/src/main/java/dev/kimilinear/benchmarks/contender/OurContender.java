package dev.kimilinear.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** This engine. */
final class OurContender implements Contender {

    @Override
    public Session open(Path model, int threads, int sequences, int contextTokens) {
        return OurEngine.open(model, threads, sequences);
    }

    @Override
    public Encoding encoding(Path vocabulary, String text) {
        try (GgufFile file = GgufFile.open(vocabulary)) {
            Tokenizer tokenizer = Tokenizer.of(file.metadata());
            return () -> tokenizer.encode(text, false);
        }
    }

    @Override
    public void firstToken(Path model, Path derived, int threads, int[] prompt) throws InterruptedException, IOException {
        EngineOptions options = EngineOptions.defaults().withThreads(threads).withKernels(KernelChoice.VECTOR)
                .withCacheDirectory(derived);
        try (Engine engine = Engine.open(model, options)) {
            GenerationResult result = engine.submit(GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(1)
                    .withIgnoreEndOfGeneration(true), GenerationListener.silent()).await();
            if (result.usage().outputTokens() != 1) {
                throw new IllegalStateException(
                        "The engine generated " + result.usage().outputTokens() + " tokens, expected 1");
            }
        }
    }
}
