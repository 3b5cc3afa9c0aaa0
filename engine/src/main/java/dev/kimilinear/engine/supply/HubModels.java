package dev.kimilinear.engine.supply;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import dev.kimilinear.engine.api.ModelSupplyException;

/** A model of a hub, kept in the cache that others use too. */
final class HubModels {

    private final HubEnvironment environment;
    private final Machine machine;
    private final ModelSource.HubModel model;
    private final List<HubCache> caches;

    HubModels(HubEnvironment environment, Machine machine, ModelSource.HubModel model) {
        this.environment = environment;
        this.machine = machine;
        this.model = model;
        this.caches = environment.caches().stream().map(cache -> new HubCache(cache, model.repository(), machine)).toList();
    }

    /** The files of a model, at a commit, and the cache that has them or will. */
    private record Located(HubCache cache, String commit, List<HubFile> files) {

        boolean has(HubFile file) {
            return cache.has(commit, file);
        }

        long bytesThere(HubFile file) {
            return has(file) ? file.bytes() : PartFile.bytesThere(cache.blob(file));
        }

        /** The engine finds the other parts of a split model beside the first. */
        Path path() {
            return cache.file(commit, files.getFirst());
        }
    }

    /** Looks among the files that are there of the revision. */
    Optional<Path> find() {
        return cached().map(Located::path);
    }

    DownloadPlan plan(Requests requests) {
        return plan(locate(new HubClient(environment.endpoint(), requests, model)));
    }

    private static DownloadPlan plan(Located located) {
        return new DownloadPlan(located.files().stream()
                .map(file -> new DownloadPlan.PlannedFile(file.path(), file.bytes(), located.bytesThere(file))).toList());
    }

    Path fetch(Requests requests, DownloadListener listener) {
        HubClient client = new HubClient(environment.endpoint(), requests, model);
        Located located = locate(client);
        DownloadPlan plan = plan(located);
        if (plan.bytesMissing() > 0) {
            machine.requireSpace(environment.caches().getFirst(), plan.bytesMissing());
        }
        ProgressMeter meter = new ProgressMeter(machine.nanos(), listener, plan.bytesTotal());
        for (HubFile file : located.files()) {
            if (!located.cache().isNamed(located.commit(), file)) {
                RemoteFile remote = new RemoteFile(file.path(), client.download(located.commit(), file),
                        located.cache().blob(file), OptionalLong.of(file.bytes()), file.sha256());
                try (DownloadLock _ = DownloadLock.acquire(remote, machine, listener)) {
                    if (!located.has(file)) { // whoever had the lock may have fetched it
                        new FileDownload(remote, requests, machine, listener, meter).run();
                    }
                    located.cache().name(located.commit(), file);
                }
            }
            meter.passed(file.bytes());
        }
        located.cache().remember(model.revision(), located.commit());
        return located.path();
    }

    /**
     * Asks the hub, because a branch may have moved on; what the caches know is good enough when it does not answer, and
     * then it is not asked long.
     */
    private Located locate(HubClient client) {
        Optional<Located> cached = cached();
        try {
            HubClient.Listing listing = client.list(cached.isPresent() ? 1 : Retries.TRIES);
            List<HubFile> files = ModelFiles.choose(model, listing.files());
            List<Located> places = caches.stream().map(cache -> new Located(cache, listing.commit(), files)).toList();
            return places.stream().filter(place -> files.stream().allMatch(place::has)).findFirst()
                    .orElse(places.getFirst());
        } catch (ModelSupplyException.Unreachable e) {
            return cached.orElseThrow(() -> e);
        }
    }

    private Optional<Located> cached() {
        return caches.stream()
                .flatMap(cache -> cache.commit(model.revision()).flatMap(commit -> cached(cache, commit)).stream())
                .findFirst();
    }

    private Optional<Located> cached(HubCache cache, String commit) {
        try {
            return Optional.of(new Located(cache, commit, ModelFiles.choose(model, cache.files(commit))));
        } catch (ModelSupplyException e) {
            return Optional.empty(); // it is not there, or not clear which of the files is meant
        }
    }
}
