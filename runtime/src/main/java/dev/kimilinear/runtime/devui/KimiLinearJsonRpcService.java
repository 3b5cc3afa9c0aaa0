package dev.kimilinear.runtime.devui;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.runtime.chat.ChatRequestMapper;
import dev.kimilinear.runtime.chat.ErrorMapper;
import dev.kimilinear.runtime.internal.ModelDownload;
import dev.kimilinear.runtime.internal.OpenModel;
import dev.kimilinear.runtime.internal.OpenModels;
import io.smallrye.mutiny.Multi;

/**
 * What the pages of the Dev UI call. Models have the names that readers know, {@code default} for the one without a name.
 *
 * <p>
 * The Dev UI calls public methods that return something, by their name, with parameters by theirs. Its own Jackson reads
 * and writes the values: the type of a parameter is a class without type arguments, and annotations mean nothing. It logs
 * what is thrown, with its stack trace; so what a user of a page may do wrong is an answer here. It subscribes to a stream
 * on an event loop, takes items as fast as they come, and does not notice when a page is gone.
 */
@ApplicationScoped
public class KimiLinearJsonRpcService {

    private static final Duration ACTIVITY_PERIOD = Duration.ofSeconds(1);

    /** Streams for pages that are gone end after five minutes. */
    private static final int MOST_SAMPLES = 300;

    /** A page that is so many events behind, two thousand tokens, has stopped taking them. */
    private static final int MOST_WAITING_EVENTS = 4_000;

    private final OpenModels models;
    private final Map<String, Generation> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    KimiLinearJsonRpcService(OpenModels models) {
        this.models = models;
    }

    @PreDestroy
    void close() {
        closed = true;
        running.values().forEach(Generation::cancel);
    }

    /** The models that are open. */
    public List<ModelEntry> models() {
        return models.byReadableName().entrySet().stream().filter(model -> model.getValue().isOpen())
                .map(model -> ModelEntry.of(model.getKey(), model.getValue())).toList();
    }

    /** What the card says: the name of the only model, or how many there are. */
    public String label() {
        return label(models());
    }

    static String label(List<ModelEntry> models) {
        if (models.size() != 1) {
            return models.isEmpty() ? "no model" : models.size() + " models";
        }
        // The card takes a label with angle brackets for HTML, and the name comes from a file.
        return models.getFirst().modelName().replace('<', '(').replace('>', ')');
    }

    public ModelFacts details(String model) {
        OpenModel open = open(model);
        Engine engine = open.engine();
        return ModelFacts.of(engine.model(), engine.details(), MemoryUse.of(engine.stats()), defaults(open));
    }

    public MemoryUse memory(String model) {
        return MemoryUse.of(open(model).engine().stats());
    }

    /** A sample a second, for five minutes at most. */
    public Multi<Activity> activity(String model) {
        return Multi.createFrom().deferred(() -> {
            ActivityFeed feed = new ActivityFeed(open(model).engine(), MOST_SAMPLES);
            return Multi.createFrom().ticks().every(ACTIVITY_PERIOD).onOverflow().drop()
                    .select().first(tick -> !closed)
                    .select().first(MOST_SAMPLES)
                    .map(tick -> feed.next());
        });
    }

    public Rendering render(String model, Prompt.Chat conversation) {
        try {
            return new Rendering(open(model).engine().render(conversation).tokens(), null);
        } catch (EngineException | IllegalArgumentException e) {
            return new Rendering(null, ErrorMapper.map(e).getMessage());
        }
    }

    /** Generates an answer; cancelling the subscription stops it, and {@link #stop} lets it say how far it came. */
    public Multi<PlaygroundEvent> generate(String model, Prompt.Chat conversation, PlaygroundParameters parameters,
            PlaygroundFormat format) {
        return Multi.createFrom().deferred(() -> {
            OpenModel open = open(model);
            return PlaygroundAnswer.stream(open.engine(),
                    () -> parameters.request(conversation, format.answerFormat(), defaults(open)), running,
                    MOST_WAITING_EVENTS);
        });
    }

    /**
     * Stops an answer of the playground, which then says so in its last event.
     *
     * @return whether there was one
     */
    public boolean stop(String id) {
        Generation generation = running.get(id);
        if (generation != null) {
            generation.cancel();
        }
        return generation != null;
    }

    public List<DownloadEntry> downloads() {
        return DownloadEntry.of(models);
    }

    /**
     * Ends a download that goes on.
     *
     * @return what there is afterwards
     */
    public List<DownloadEntry> cancelDownload(String source) {
        download(source).ifPresent(ModelDownload::cancel);
        return downloads();
    }

    /**
     * Begins a download again that ended early.
     *
     * @return what there is afterwards
     */
    public List<DownloadEntry> retryDownload(String source) {
        download(source).ifPresent(ModelDownload::retry);
        return downloads();
    }

    private Optional<ModelDownload> download(String source) {
        return models.downloads().stream().filter(download -> download.source().toString().equals(source)).findFirst();
    }

    private OpenModel open(String model) {
        OpenModel open = models.byReadableName().get(model);
        if (open == null) {
            throw new IllegalArgumentException("There is no open model \"" + model + "\", expected one of "
                    + models.byReadableName().keySet());
        }
        return open;
    }

    /** What requests of this model say that set no parameter, here one without a conversation. */
    private static GenerationRequest defaults(OpenModel model) {
        return new ChatRequestMapper(model.engine().model().name(), model.settings().parameters())
                .map(new Prompt.Chat(List.of(), List.of()));
    }
}
