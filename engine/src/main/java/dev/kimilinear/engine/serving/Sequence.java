package dev.kimilinear.engine.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.GenerationTimeoutException;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.engine.chat.AnswerListener;
import dev.kimilinear.engine.chat.AnswerReader;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.sampling.MostProbable;
import dev.kimilinear.engine.sampling.Sampler;
import dev.kimilinear.engine.serving.snapshot.Snapshot;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.TextDecoder;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * One request in work: its tokens, how many of them the model has read, and the way from a row of logits to text. Ends
 * exactly once, by {@link #complete}, {@link #fail} or {@link #letGo}. Confined to the thread that holds it: the caller's
 * until it is queued, then the owner thread, or the thread that took it out of the queue.
 */
final class Sequence {

    private final Outbox outbox;
    private final LoadCounters counters;
    private final GenerationRequest request;
    private final AnswerForm form;
    private final Tokenizer tokenizer;
    private final int promptLength;
    private final int outputLimit;
    private final long submitted;
    private final long deadline;
    private long startedAt;

    /** The prompt, then the answer, in {@code [0, length)}. */
    private int[] tokens;
    private int length;
    /** Tokens that the model has read, and will have read after the step that is scheduled. */
    private int read;
    private int readNext;
    private boolean started;
    private boolean ended;
    /** Whether it may come into work: nothing is being fetched for it. Guarded by the lock of the queue. */
    private boolean ready = true;

    private SnapshotCache snapshots;
    /** Points of the prompt that are to be kept, ascending, and the index of the next one. */
    private int[] cuts;
    private int nextCut;

    private SequenceState state;
    private Span span;
    private Sampler sampler;
    /** Null where nobody asks for alternatives. */
    private MostProbable mostProbable;
    private TextDecoder decoder;
    private StopMatcher stops;
    /** Null where the whole answer is text. */
    private AnswerReader reader;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();

    /**
     * @param prompt at least one token
     * @param outputLimit the most tokens to generate, at least 1
     */
    Sequence(Outbox outbox, LoadCounters counters, GenerationRequest request, AnswerForm form,
            Tokenizer tokenizer, int[] prompt, int outputLimit) {
        this.outbox = outbox;
        this.counters = counters;
        this.request = request;
        this.form = form;
        this.tokenizer = tokenizer;
        this.outputLimit = outputLimit;
        tokens = prompt;
        promptLength = prompt.length;
        length = prompt.length;
        submitted = outbox.submitted();
        deadline = deadline(submitted, request.timeoutMillis());
    }

    /**
     * The point of {@link System#nanoTime} at which a request is late.
     *
     * @param timeoutMillis 0 means never: as far ahead as such points can be compared
     */
    static long deadline(long submitted, long timeoutMillis) {
        long most = Long.MAX_VALUE / 2;
        return submitted + (timeoutMillis == 0 ? most : Math.min(most, TimeUnit.MILLISECONDS.toNanos(timeoutMillis)));
    }

    long deadline() {
        return deadline;
    }

    /** Whether its time is over. */
    boolean isLate(long now) {
        return deadline - now <= 0;
    }

    Outbox outbox() {
        return outbox;
    }

    boolean ended() {
        return ended;
    }

    boolean isReady() {
        return ready;
    }

    void setReady(boolean ready) {
        this.ready = ready;
    }

    /** The prompt; not to be changed. */
    int[] prompt() {
        assert !started;
        return tokens;
    }

    /**
     * Takes what a waiting request does without: memory for the model's state and for sampling. Where a snapshot has the whole
     * prompt, the first token is chosen here, and this may be the end.
     *
     * @param found what there is of the prompt
     * @param snapshots where points of it are to be kept
     */
    void start(StepModel model, SnapshotCache.Found found, SnapshotCache snapshots) {
        started = true;
        startedAt = System.nanoTime();
        counters.started();
        Snapshot snapshot = found.snapshot();
        read = snapshot == null ? 0 : snapshot.length();
        outbox.running(read);
        this.snapshots = snapshots;
        cuts = found.cuts();
        state = snapshot == null ? model.newState() : snapshot.state().fork();
        span = new Span(state);
        sampler = Sampler.of(request.sampling(), model.vocabularySize(), form.constraint(), form.dryBreakers());
        if (request.alternatives() > 0) {
            mostProbable = new MostProbable(request.alternatives());
        }
        decoder = tokenizer.decoder(request.renderControlTokens());
        stops = new StopMatcher(request.stop());
        if (request.splitThinking() || !form.tools().isEmpty()) {
            reader = new AnswerReader(form.tools(), request.parallelToolCalls(), request.splitThinking(), new Parts());
        }
        if (read == promptLength) {
            choose(snapshot.logits(), 0, model.vocabularySize());
        }
    }

    /** Heap bytes that the model's state holds now. */
    long stateBytes() {
        return state == null ? 0 : state.bytes();
    }

    /** Tokens that are to be read before the next one can be chosen, at least 1: of the prompt, or the one chosen last. */
    int unread() {
        return length - read;
    }

    /**
     * Takes part in the next step with so many tokens, 0 to {@link #unread}, or fewer where it is to be kept in between.
     *
     * @return how many
     */
    int take(int count) {
        assert count >= 0 && count <= unread();
        readNext = nextCut < cuts.length ? Math.min(read + count, cuts[nextCut]) : read + count;
        return readNext - read;
    }

    /** Whether it takes part in the next step. */
    boolean scheduled() {
        return readNext > read;
    }

    /** The tokens of the next step, in the one span of this sequence. */
    Span span() {
        assert scheduled();
        return readNext < length ? span.quiet(tokens, read, readNext) : span.last(tokens, read, readNext);
    }

    /** Rows of logits that the next step gives. */
    int logitsRows() {
        return readNext < length ? 0 : 1;
    }

    /**
     * The tokens of the step were read. If it reached the end of the tokens, chooses the next one, delivers its text, and ends
     * where the answer ends.
     *
     * @param logits the span's row of logits is at offset; not used if the span had none
     */
    void accept(float[] logits, int offset, int vocabularySize) {
        assert !ended;
        counters.promptTokensRead(Math.max(0, Math.min(readNext, promptLength) - read));
        read = readNext;
        outbox.promptRead(Math.min(read, promptLength));
        if (nextCut < cuts.length && read == cuts[nextCut]) {
            snapshots.keepPoint(tokens, read, state);
            nextCut++;
        }
        if (read < length) {
            return;
        }
        if (read == promptLength) {
            snapshots.keepPrompt(tokens, read, state, logits, offset, vocabularySize);
        }
        choose(logits, offset, vocabularySize);
    }

    private void choose(float[] logits, int offset, int vocabularySize) {
        if (length == promptLength) {
            counters.answerBegins(System.nanoTime() - submitted);
        }
        int token = sampler.sample(logits, offset, vocabularySize, tokens, length);
        if (mostProbable != null) {
            mostProbable.find(logits, offset, vocabularySize);
            deliver(token, logits[offset + token]);
        }
        if (tokenizer.isEndOfGeneration(token) && !request.ignoreEndOfGeneration()) {
            finish(FinishReason.STOP);
            return;
        }
        append(token);
        counters.outputTokenGenerated();
        read(text(token));
        if (stops.matched()) {
            complete(FinishReason.STOP);
        } else if (length - promptLength == outputLimit) {
            finish(FinishReason.LENGTH);
        }
    }

    /** Ends a generation with an error. */
    void fail(EngineException error) {
        end();
        outbox.fail(error, usage());
    }

    /** Ends a generation whose time is over. */
    void failLate(long now) {
        long waited = TimeUnit.NANOSECONDS.toMillis((started ? startedAt : now) - submitted);
        fail(new GenerationTimeoutException(request.timeoutMillis(), waited, Math.min(read, promptLength), usage()));
    }

    /** Ends a generation that nobody wants any more. */
    void letGo() {
        end();
        outbox.letGo(usage());
    }

    private void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.min((long) promptLength + outputLimit, 2L * length));
        }
        tokens[length++] = token;
        outbox.written(length - promptLength);
    }

    /** Delivers a token with what the model held to be probable in its place. */
    private void deliver(int token, float logit) {
        List<TokenChoice.Alternative> alternatives = new ArrayList<>(mostProbable.count());
        for (int i = 0; i < mostProbable.count(); i++) {
            int id = mostProbable.id(i);
            alternatives.add(new TokenChoice.Alternative(id, tokenizer.text(id), mostProbable.probability(i)));
        }
        TokenChoice choice = new TokenChoice(token, tokenizer.text(token), mostProbable.probabilityOf(logit), alternatives);
        outbox.piece(listener -> listener.onToken(choice));
    }

    /** The text of a token. The markers of tool calls, which are mostly hidden, have theirs for whoever reads them. */
    private String text(int token) {
        String marker = form.tools().isEmpty() ? null : AnswerReader.marker(token, tokenizer);
        return marker == null ? decoder.accept(token) : decoder.finish() + marker;
    }

    private void read(String piece) {
        if (reader != null) {
            reader.accept(piece);
        } else {
            release(stops.accept(piece));
        }
    }

    private void release(String piece) {
        if (!piece.isEmpty()) {
            text.append(piece);
            outbox.piece(listener -> listener.onText(piece));
        }
    }

    /** What the reader tells apart. */
    private final class Parts implements AnswerListener {

        @Override
        public void text(String piece) {
            if (!stops.matched()) {
                release(stops.accept(piece));
            }
        }

        @Override
        public void thinking(String piece) {
            thinking.append(piece);
            outbox.piece(listener -> listener.onThinking(piece));
        }

        @Override
        public void arguments(int index, String id, String name, String piece) {
            outbox.piece(listener -> listener.onToolCallArguments(index, id, name, piece));
        }

        @Override
        public void call(int index, ToolCall call) {
            calls.add(call);
            outbox.piece(listener -> listener.onToolCall(index, call));
        }
    }

    /** Releases what decoder and stop matcher hold back, and ends; what was held back may yet contain a stop sequence. */
    private void finish(FinishReason reason) {
        read(decoder.finish());
        if (reader != null && !stops.matched()) {
            reader.finish(reason == FinishReason.LENGTH);
        }
        if (stops.matched()) {
            complete(FinishReason.STOP);
        } else {
            release(stops.finish());
            complete(reason);
        }
    }

    private void complete(FinishReason reason) {
        List<Integer> ids = new ArrayList<>(length - promptLength);
        for (int i = promptLength; i < length; i++) {
            ids.add(tokens[i]);
        }
        FinishReason why = reason == FinishReason.STOP && !calls.isEmpty() ? FinishReason.TOOL_CALLS : reason;
        GenerationResult result = new GenerationResult(text.toString(), thinking.toString(), calls, ids, usage(), why);
        if (snapshots.isOn()) {
            // Before anybody hears of the end: who asks on at once finds it.
            snapshots.keepEnd(tokens, read, state);
            state = null;
        }
        end();
        outbox.complete(result);
    }

    private Usage usage() {
        return new Usage(promptLength, length - promptLength);
    }

    private void end() {
        assert !ended;
        ended = true;
        if (started) {
            counters.released();
        }
    }
}
