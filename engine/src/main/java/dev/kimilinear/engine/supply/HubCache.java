package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * One repository in a cache directory that is shared with the tools of the Hugging Face hub and with llama.cpp:
 *
 * <pre>
 * models--OWNER--NAME/refs/REVISION             the commit, as text
 * models--OWNER--NAME/blobs/HASH                content
 * models--OWNER--NAME/snapshots/COMMIT/PATH     link ../../blobs/HASH
 * </pre>
 */
final class HubCache {

    /** No name that leads elsewhere, and none that some file system does not take. */
    private static final String NAME = "(?!\\.{1,2}(?:/|$))[^/\\\\:*?\"<>|\\p{Cntrl}]+";
    private static final Pattern PATH = Pattern.compile(NAME + "(?:/" + NAME + ")*");

    private final Path repository;
    private final Machine machine;

    /** @param cache the cache directory */
    HubCache(Path cache, String repository, Machine machine) {
        this.repository = cache.toAbsolutePath().resolve("models--" + repository.replace("/", "--"));
        this.machine = machine;
    }

    /** Whether a path or revision that others have given names can be one of ours. */
    static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    /** The commit that the revision was when it was last asked for. */
    Optional<String> commit(String revision) {
        if (HubClient.isCommit(revision)) {
            return Optional.of(revision);
        }
        try {
            return Optional.of(Files.readString(repository.resolve("refs/" + revision)).strip()).filter(HubClient::isCommit);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Remembers what the commit of a revision is now. */
    void remember(String revision, String commit) {
        if (!HubClient.isCommit(revision)) {
            try {
                AtomicFile.write(repository.resolve("refs/" + revision), commit);
            } catch (IOException e) {
                // A cache that can be read only: its models are good, and the hub will be asked again.
            }
        }
    }

    /** The files that are there of a commit. */
    List<HubFile> files(String commit) {
        Path snapshot = repository.resolve("snapshots/" + commit);
        if (!Files.isDirectory(snapshot)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(snapshot, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile).map(file -> new HubFile(
                    snapshot.relativize(file).toString().replace('\\', '/'), size(file), content(file))).toList();
        } catch (IOException | UncheckedIOException e) {
            throw new ModelSupplyException("Cannot read the cache directory \"" + snapshot + "\": " + e
                    + ". Make it readable, or remove it.", e);
        }
    }

    Path file(String commit, HubFile file) {
        return repository.resolve("snapshots/" + commit + "/" + file.path());
    }

    Path blob(HubFile file) {
        return repository.resolve("blobs/" + file.blob());
    }

    /** Under its name, or as a blob that has to be named. */
    boolean has(String commit, HubFile file) {
        return isNamed(commit, file) || size(blob(file)) == file.bytes();
    }

    /** Only a link says what its content is; a file that could not be linked has at least the right size. */
    boolean isNamed(String commit, HubFile file) {
        Path name = file(commit, file);
        return size(name) == file.bytes() && (!Files.isSymbolicLink(name) || content(name).equals(file.blob()));
    }

    /** The blob that a link leads to; empty for what is no link. */
    private static String content(Path name) {
        try {
            return Files.isSymbolicLink(name) ? name.toRealPath().getFileName().toString() : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Gives a blob its name in the snapshot; where there are no links it moves there. The caller has its lock. */
    void name(String commit, HubFile file) {
        if (isNamed(commit, file)) {
            return;
        }
        Path name = file(commit, file);
        Path blob = blob(file);
        try {
            Files.createDirectories(name.getParent());
            Files.deleteIfExists(name);
            try {
                machine.symbolicLink().make(name, name.getParent().relativize(blob));
            } catch (FileAlreadyExistsException e) {
                // By another tool, just now.
            } catch (IOException | UnsupportedOperationException e) {
                AtomicFile.replace(blob, name);
            }
        } catch (IOException e) {
            throw new ModelSupplyException("Cannot give \"" + blob + "\" its name \"" + name + "\": " + e
                    + ". Make the cache directory writable, or choose another with HF_HUB_CACHE.", e);
        }
    }
}
