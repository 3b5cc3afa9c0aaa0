package dev.kimilinear.trainer.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.trainer.data.Rendering;

/** The engine's greedy answers of a model file. */
public final class Answering implements AutoCloseable {

    private static final int TOGETHER = 16;
    private static final int LONGEST_ANSWER = 400;

    /**
     * A question: a conversation up to where the assistant speaks.
     *
     * @param turns the last is the user's or a tool's
     * @param tools what is declared
     */
    public record Question(List<ChatTurn> turns, List<ToolSpec> tools) {
    }

    private final Engine engine;

    /** @param contextTokens the longest question with its answer */
    public Answering(Path model, int contextTokens) {
        engine = Engine.open(model, EngineOptions.defaults().withContextTokens(contextTokens).withParallelSequences(TOGETHER)
                .withMaxQueuedRequests(TOGETHER).withPanels(PanelMode.MEMORY).withSnapshots(SnapshotOptions.off()));
    }

    /** The answers, in order, with their tool calls. */
    public List<String> answer(List<Question> questions) throws InterruptedException {
        List<String> answers = new ArrayList<>();
        List<Generation> running = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            running.add(ask(questions.get(i)));
            if (running.size() == TOGETHER || i + 1 == questions.size()) {
                for (Generation generation : running) {
                    GenerationResult result = generation.await();
                    answers.add(Rendering.answer(ChatTurn.assistant(result.text(), result.toolCalls())));
                }
                running.clear();
            }
        }
        return answers;
    }

    private Generation ask(Question question) {
        return engine.submit(GenerationRequest.of(new Prompt.Chat(question.turns, question.tools))
                .withSampling(SamplingParams.greedy()).withMaxOutputTokens(LONGEST_ANSWER).withRenderControlTokens(true),
                GenerationListener.silent());
    }

    @Override
    public void close() {
        engine.close();
    }
}
