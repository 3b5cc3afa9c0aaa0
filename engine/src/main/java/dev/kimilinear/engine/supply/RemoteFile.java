package dev.kimilinear.engine.supply;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to be fetched.
 *
 * @param name for messages and reports
 * @param uri where to ask for it
 * @param target its name on this machine
 * @param bytes its size, where it is known before a server was asked
 * @param sha256 what its content hashes to, where that is known
 */
record RemoteFile(String name, URI uri, Path target, OptionalLong bytes, Optional<String> sha256) {

    @Override
    public String toString() {
        return name + " from " + Urls.shown(uri);
    }
}
