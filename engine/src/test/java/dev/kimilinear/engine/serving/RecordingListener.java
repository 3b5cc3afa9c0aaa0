package dev.kimilinear.engine.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.Usage;

/** Remembers what it heard. Read it after {@code await()}, which orders everything before it. */
final class RecordingListener implements GenerationListener {

    final List<String> pieces = new ArrayList<>();
    /** What came, in order: tokens as {@code "token a"}, texts as {@code "text a"}. */
    final List<String> order = new ArrayList<>();
    final List<TokenChoice> choices = new ArrayList<>();
    final List<String> thinking = new ArrayList<>();
    final List<String> arguments = new ArrayList<>();
    final List<ToolCall> calls = new ArrayList<>();
    final List<Object> endings = new ArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final Consumer<String> onText;

    RecordingListener() {
        this(text -> {
        });
    }

    /** @param onText what it does with each piece after it remembered it */
    RecordingListener(Consumer<String> onText) {
        this.onText = onText;
    }

    String text() {
        return String.join("", pieces);
    }

    /** The only last call: a {@link GenerationResult}, a {@link Throwable} or the {@link Usage} of a cancellation. */
    Object ending() {
        if (endings.size() != 1) {
            throw new AssertionError("Ended " + endings.size() + " times: " + endings);
        }
        return endings.getFirst();
    }

    @Override
    public void onText(String text) {
        threads.add(Thread.currentThread());
        pieces.add(text);
        order.add("text " + text);
        onText.accept(text);
    }

    @Override
    public void onToken(TokenChoice choice) {
        threads.add(Thread.currentThread());
        choices.add(choice);
        order.add("token " + choice.text());
    }

    @Override
    public void onThinking(String text) {
        thinking.add(text);
    }

    @Override
    public void onToolCallArguments(int index, String id, String name, String piece) {
        arguments.add(piece);
    }

    @Override
    public void onToolCall(int index, ToolCall call) {
        calls.add(call);
    }

    @Override
    public void onComplete(GenerationResult result) {
        end(result);
    }

    @Override
    public void onError(Throwable error) {
        end(error);
    }

    @Override
    public void onCancelled(Usage usage) {
        end(usage);
    }

    private void end(Object ending) {
        threads.add(Thread.currentThread());
        endings.add(ending);
    }
}
