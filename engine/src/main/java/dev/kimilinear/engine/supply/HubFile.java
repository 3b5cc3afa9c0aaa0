package dev.kimilinear.engine.supply;

import java.util.Optional;

/**
 * A file of a hub's repository.
 *
 * @param path in the repository
 * @param bytes its size
 * @param blob what the hub calls the content: its SHA-256 for large files, which all models are; a git hash otherwise
 */
record HubFile(String path, long bytes, String blob) {

    Optional<String> sha256() {
        return Optional.of(blob).filter(hash -> hash.length() == 64);
    }
}
