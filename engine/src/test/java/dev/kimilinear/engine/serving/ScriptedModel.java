package dev.kimilinear.engine.serving;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;

/**
 * A model that says what the test wants: the answer to a prompt is given for its first token, and every step can be made to
 * wait or to fail; it is given up after it has waited. It has no state; how far a sequence is shows in its span.
 */
final class ScriptedModel implements StepModel {

    private record Script(int promptLength, IntUnaryOperator answer) {
    }

    private final int vocabularySize;
    private final int end;
    private final Map<Integer, Script> scripts = new ConcurrentHashMap<>();
    /** All spans that were read and not given up, as {@code "first token: [from, to)"}. */
    final List<String> spans = Collections.synchronizedList(new ArrayList<>());
    /** All steps that were not given up: their spans, with " + " between. */
    final List<String> steps = Collections.synchronizedList(new ArrayList<>());
    /** Called on the owner thread before a span is read. */
    volatile Consumer<Span> beforeStep = span -> {
    };
    /** Called on the owner thread for a new sequence. */
    volatile Runnable beforeNewState = () -> {
    };

    /** @param end the token that follows the scripted answer */
    ScriptedModel(int vocabularySize, int end) {
        this.vocabularySize = vocabularySize;
        this.end = end;
    }

    /** Sets the answer to a prompt; no two prompts may begin with the same token. */
    void answer(int[] prompt, int... answer) {
        answer(prompt, i -> i < answer.length ? answer[i] : end);
    }

    /** The same for an answer whose tokens, numbered from 0, are decided when they come. */
    void answer(int[] prompt, IntUnaryOperator answer) {
        scripts.put(prompt[0], new Script(prompt.length, answer));
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    @Override
    public SequenceState newState() {
        beforeNewState.run();
        return null;
    }

    @Override
    public void exercise() {
        spans.add("exercise");
    }

    @Override
    public float[] forward(Batch batch, BooleanSupplier unwanted) {
        float[] logits = new float[batch.logitsRows() * vocabularySize];
        int row = 0;
        StringJoiner step = new StringJoiner(" + ");
        for (Span span : batch.spans()) {
            beforeStep.accept(span);
            if (unwanted.getAsBoolean()) {
                return null;
            }
            int first = span.tokens()[0];
            String text = first + ": [" + span.from() + ", " + span.to() + ")";
            spans.add(text);
            step.add(text);
            for (int at : span.logitsAt()) {
                logits[row++ * vocabularySize + next(first, span.from() + at + 1)] = 1;
            }
        }
        steps.add(step.toString());
        return logits;
    }

    /** The token that follows {@code read} tokens of the sequence that begins with {@code first}. */
    int next(int first, int read) {
        Script script = scripts.get(first);
        int index = read - script.promptLength;
        return index < 0 ? end : script.answer.applyAsInt(index);
    }
}
