package dev.kimilinear.engine.supply;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import dev.kimilinear.engine.api.ModelSupplyException;

/** What a user names as a model. */
public sealed interface ModelSource {

    /** A file that the user looks after; whether it is there is not said. */
    record LocalFile(Path path) implements ModelSource {

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A model that is fetched once and then found on this machine. */
    sealed interface Remote extends ModelSource {
    }

    /**
     * A model in a repository of a hub, by its file or by its quantisation.
     *
     * @param repository {@code owner/name}
     * @param file path in the repository; of a split model any part
     * @param quant name of a quantisation as file names have it; without one, and without a file, the default is meant
     * @param revision branch, tag or commit
     */
    record HubModel(String repository, Optional<String> file, Optional<String> quant, String revision) implements Remote {

        @Override
        public String toString() {
            return "hf:" + repository + file.map(path -> "/" + path).orElse("") + quant.map(name -> ":" + name).orElse("")
                    + "@" + revision;
        }
    }

    /**
     * A file behind a URL.
     *
     * @param uri with its query, without fragment
     * @param sha256 what its content must hash to, 64 small hexadecimal digits
     */
    record WebFile(URI uri, Optional<String> sha256) implements Remote {

        /** Without the query, which may hold a signature. */
        @Override
        public String toString() {
            return Urls.shown(uri);
        }
    }

    /**
     * Understands a path, a {@code file:} URI, {@code hf:owner/repository[:QUANT][@revision]},
     * {@code hf:owner/repository/path/file.gguf[@revision]} and {@code https://host/file.gguf[#sha256=...]}.
     *
     * @throws ModelSupplyException that says what is wrong with the text and what was expected
     */
    static ModelSource parse(String text) {
        return new ModelSourceParser(text).parse();
    }

    /** What a user names, for messages: a query may hold a signature, and what precedes an @ a password. */
    static String shown(String text) {
        return text.replaceFirst("\\?[^#]*", "?...").replaceFirst("//[^/]*@", "//...@");
    }
}
