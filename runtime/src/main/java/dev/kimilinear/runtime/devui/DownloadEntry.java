package dev.kimilinear.runtime.devui;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.kimilinear.engine.supply.DownloadProgress;
import dev.kimilinear.runtime.internal.ModelDownload;
import dev.kimilinear.runtime.internal.OpenModels;

/**
 * A model that is fetched, or was since the application started.
 *
 * @param models the models of the application that wait for it, as a reader knows them
 * @param source where it comes from; no two have the same
 * @param bytes how much of it is there
 * @param totalBytes its size; 0 as long as it is not known
 * @param bytesPerSecond how fast it arrives; 0 if it does not
 * @param secondsLeft until all of it is there; null if that cannot be said
 * @param message more about the state, such as why it failed and what to do; null if there is nothing to say
 */
public record DownloadEntry(String models, String source, ModelDownload.State state, long bytes, long totalBytes,
        long bytesPerSecond, Long secondsLeft, String message) {

    static List<DownloadEntry> of(OpenModels models) {
        Map<ModelDownload, String> names = new LinkedHashMap<>();
        models.byReadableName().forEach((name, model) -> model.download()
                .ifPresent(download -> names.merge(download, name, (others, one) -> others + ", " + one)));
        List<DownloadEntry> entries = new ArrayList<>();
        names.forEach((download, of) -> entries.add(of(of, download.source().toString(), download.status())));
        return entries;
    }

    private static DownloadEntry of(String models, String source, ModelDownload.Status status) {
        Optional<DownloadProgress> progress = status.progress();
        boolean arrives = status.state() == ModelDownload.State.FETCHING;
        return new DownloadEntry(models, source, status.state(),
                progress.map(DownloadProgress::bytesDone).orElse(0L),
                progress.map(DownloadProgress::bytesTotal).orElse(0L),
                arrives ? progress.map(at -> Math.round(at.bytesPerSecond())).orElse(0L) : 0,
                arrives ? progress.flatMap(DownloadProgress::timeLeft).map(left -> left.toSeconds()).orElse(null) : null,
                status.message().orElse(null));
    }
}
