package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * Fetches one file, however often the connection breaks, and gives it its name once it is the content that was expected.
 * Every try begins at the first URL, because the links that it redirects to expire. Whoever calls this has the
 * {@link DownloadLock} of the file.
 */
final class FileDownload {

    private static final String MAGIC = "GGUF";
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");
    private static final Pattern NOTHING_MORE = Pattern.compile("bytes \\*/(\\d{1,18})");

    private final RemoteFile file;
    private final Requests requests;
    private final Machine machine;
    private final DownloadListener listener;
    private final ProgressMeter meter;
    /** Size of the content, once it is known; negative before. */
    private long bytes;

    FileDownload(RemoteFile file, Requests requests, Machine machine, DownloadListener listener, ProgressMeter meter) {
        this.file = file;
        this.requests = requests;
        this.machine = machine;
        this.listener = listener;
        this.meter = meter;
        this.bytes = file.bytes().orElse(-1);
    }

    /** Content came, but not what was expected. */
    private static final class Mismatch extends Exception {

        private static final long serialVersionUID = 1L;

        Mismatch(String message) {
            super(message);
        }
    }

    /** @return the SHA-256 of the content */
    String run() {
        meter.begin(file.name());
        try (PartFile part = new PartFile(file.target())) {
            part.resume(meter);
            meter.begin(file.name()); // what was there does not count for the rate
            meter.reached(part.position());
            return verified(part);
        } catch (IOException e) {
            Machine.stopIfInterrupted();
            throw unwritable(e);
        }
    }

    /** The first mismatch may come from what an earlier try has left behind; then all is fetched anew, once. */
    private String verified(PartFile part) throws IOException {
        for (boolean again = false;; again = true) {
            try {
                fill(part);
                return accept(part);
            } catch (Mismatch e) {
                if (again) {
                    part.delete();
                    throw new ModelSupplyException("Cannot use " + file + ": " + e.getMessage() + ". It was tried twice, and "
                            + "nothing of it is kept. Check the address and the hash, or whether a proxy in between changes "
                            + "what passes.");
                }
                part.restart(Optional.empty());
                listener.retrying(e.getMessage(), Duration.ZERO);
            }
        }
    }

    private void fill(PartFile part) throws IOException, Mismatch {
        Retries retries = requests.retries("Cannot download " + file, Retries.TRIES);
        long furthest = part.position();
        while (part.position() != bytes) {
            try {
                transfer(part);
            } catch (TransferException e) {
                if (part.position() > furthest) {
                    furthest = part.position();
                    retries.progressed();
                }
                retries.pauseAfter(e);
            }
        }
    }

    private void transfer(PartFile part) throws IOException, Mismatch {
        Map<String, String> range = part.position() == 0 || part.etag().isEmpty() ? Map.of()
                : Map.of("Range", "bytes=" + part.position() + "-", "If-Range", part.etag().get());
        HttpResponse<Body> response = requests.get(file.uri(), range);
        try (Body body = response.body()) {
            if (response.statusCode() == 200) {
                begin(part, response);
            } else {
                goOn(part, response);
            }
            machine.requireSpace(file.target().getParent(), bytes - part.position());
            if (part.position() < bytes) {
                receive(part, body);
            }
        }
    }

    /** All of the content: this server does not resume, or has other content than before. */
    private void begin(PartFile part, HttpResponse<Body> response) throws IOException, Mismatch {
        part.restart(response.headers().firstValue("ETag").flatMap(PartFile::strong));
        expect(length(response));
    }

    /** The rest of the content; with the status 416 nothing follows what is there. */
    private void goOn(PartFile part, HttpResponse<Body> response) throws IOException, Mismatch {
        String text = response.headers().firstValue("Content-Range").orElse("");
        Matcher rest = CONTENT_RANGE.matcher(text);
        Matcher nothing = NOTHING_MORE.matcher(text);
        boolean sameTag = response.headers().firstValue("ETag").filter(tag -> !tag.equals(part.etag().orElse(""))).isEmpty();
        if (response.statusCode() == 206 && rest.matches() && Long.parseLong(rest.group(1)) == part.position() && sameTag) {
            expect(rest.group(2).equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(rest.group(2))));
        } else if (response.statusCode() == 416 && nothing.matches() && Long.parseLong(nothing.group(1)) == part.position()) {
            expect(OptionalLong.of(part.position()));
        } else {
            long expected = part.position();
            part.restart(Optional.empty());
            throw new TransferException("HTTP " + response.statusCode() + " with the range \"" + text + "\", expected bytes "
                    + expected + "-; it is fetched from the start");
        }
    }

    /** Size of the body, where the server says it. */
    static OptionalLong length(HttpResponse<Body> response) {
        return response.headers().firstValueAsLong("Content-Length");
    }

    /** @param found size of all the content, as the server says */
    private void expect(OptionalLong found) throws Mismatch {
        if (found.isEmpty() && file.bytes().isEmpty()) {
            throw withoutLength(file);
        }
        long expected = file.bytes().orElseGet(found::getAsLong);
        if (found.orElse(expected) != expected) {
            throw new Mismatch(String.format(Locale.ROOT, "it has %,d bytes, expected %,d", found.getAsLong(), expected));
        }
        bytes = expected;
        if (file.bytes().isEmpty()) {
            meter.total(bytes);
        }
    }

    static ModelSupplyException withoutLength(RemoteFile file) {
        return new ModelSupplyException("Cannot download " + file + ": the server does not say how long it is. Fetch it with "
                + "another tool and name its path.");
    }

    private void receive(PartFile part, Body body) throws IOException, Mismatch {
        Runnable report = () -> meter.reached(part.position());
        for (List<ByteBuffer> buffers = body.next(report); buffers != null; buffers = body.next(report)) {
            for (ByteBuffer buffer : buffers) {
                if (buffer.remaining() > bytes - part.position()) {
                    throw new Mismatch(String.format(Locale.ROOT, "it has more than the expected %,d bytes", bytes));
                }
                part.append(buffer);
            }
            report.run();
        }
        if (part.position() < bytes) {
            throw new TransferException(
                    String.format(Locale.ROOT, "the connection ended after %,d of %,d bytes", part.position(), bytes));
        }
    }

    private String accept(PartFile part) throws IOException, Mismatch {
        String sha256 = part.sha256();
        if (file.sha256().isPresent()) {
            if (!file.sha256().get().equals(sha256)) {
                throw new Mismatch("its SHA-256 is " + sha256 + ", expected " + file.sha256().get());
            }
        } else if (!MAGIC.equals(new String(part.first(MAGIC.length()), StandardCharsets.ISO_8859_1))) {
            throw new Mismatch("it does not begin with \"" + MAGIC + "\" as a model does; a page that shows a file is not "
                    + "the file");
        }
        part.complete();
        meter.report();
        return sha256;
    }

    private ModelSupplyException unwritable(IOException failure) {
        long there = PartFile.bytesThere(file.target());
        String missing = bytes < 0 ? "" : String.format(Locale.ROOT, ", %,d are missing", bytes - there);
        return new ModelSupplyException(String.format(Locale.ROOT,
                "Cannot write %s to \"%s\": %s. %,d bytes of it are kept%s. Free some space, or choose a directory that "
                        + "can be written, and start again.",
                file.name(), file.target().getParent(), failure, there, missing), failure);
    }
}
