package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import javax.net.ssl.SSLContext;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

/**
 * A hub with one repository, and the store on another port that it redirects to with links that are good for one request.
 * What goes wrong is said in advance. The store must never see the token.
 */
final class HubDouble implements AutoCloseable {

    static final String REPOSITORY = "owner/name";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A request that has arrived, with what it says of the range that it wants. */
    record Request(String path, String range, String ifRange, String authorization) {
    }

    /** What is about to be answered, for faults to change. */
    static final class Answer {

        int status;
        final Map<String, String> headers = new LinkedHashMap<>();
        byte[] body = {};
        boolean saysLength = true;
        int cutAfter = Integer.MAX_VALUE;
        long pauseMillis;
        long silenceMillis;

        Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }
    }

    /** Something that goes wrong with one answer. */
    interface Fault extends Consumer<Answer> {

        static Fault none() {
            return answer -> {
            };
        }

        static Fault cut(int afterBytes) {
            return answer -> answer.cutAfter = afterBytes;
        }

        static Fault status(int status, String... headers) {
            return answer -> {
                answer.status = status;
                answer.body = ("<html>" + status).getBytes(StandardCharsets.UTF_8);
                answer.headers.remove("Content-Range");
                for (int i = 0; i < headers.length; i += 2) {
                    answer.headers.put(headers[i], headers[i + 1]);
                }
            };
        }

        static Fault changedByte(int at) {
            return answer -> {
                answer.body = answer.body.clone();
                answer.body[at % answer.body.length] ^= 1;
            };
        }

        static Fault moreBytes(int more) {
            return answer -> answer.body = Arrays.copyOf(answer.body, answer.body.length + more);
        }

        static Fault fewerBytes(int fewer) {
            return answer -> answer.body = Arrays.copyOf(answer.body, answer.body.length - fewer);
        }

        static Fault header(String name, String value) {
            return answer -> answer.headers.put(name, value);
        }

        static Fault withoutHeader(String name) {
            return answer -> answer.headers.remove(name);
        }

        static Fault withoutLength() {
            return answer -> answer.saysLength = false;
        }

        static Fault pause(long millis) {
            return answer -> answer.pauseMillis = millis;
        }

        static Fault silence(int afterBytes, long millis) {
            return answer -> {
                answer.cutAfter = afterBytes;
                answer.silenceMillis = millis;
            };
        }

        default Fault and(Fault other) {
            return answer -> {
                accept(answer);
                other.accept(answer);
            };
        }
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer hub;
    private final HttpServer store;
    private final String scheme;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, String> revisions = new ConcurrentHashMap<>();
    private final Set<String> goodLinks = ConcurrentHashMap.newKeySet();
    private final AtomicInteger links = new AtomicInteger();
    private volatile boolean storeSawToken;

    final List<Request> hubRequests = new CopyOnWriteArrayList<>();
    final List<Request> storeRequests = new CopyOnWriteArrayList<>();
    /** For the next answers of the hub to questions, to requests for files, and of the store. */
    final Queue<Fault> apiFaults = new ConcurrentLinkedQueue<>();
    final Queue<Fault> resolveFaults = new ConcurrentLinkedQueue<>();
    final Queue<Fault> storeFaults = new ConcurrentLinkedQueue<>();
    /** For every answer of the store. */
    volatile Fault storeHabit = Fault.none();
    volatile String token;
    volatile boolean ranges = true;
    volatile int entriesPerPage = 1000;
    volatile String etag;

    HubDouble() throws IOException {
        this(null);
    }

    /** @param tls for https:, or null */
    HubDouble(SSLContext tls) throws IOException {
        scheme = tls == null ? "http" : "https";
        hub = server(tls);
        store = server(tls);
        hub.createContext("/", exchange -> answer(exchange, hubRequests, this::hubAnswer));
        store.createContext("/", exchange -> answer(exchange, storeRequests, this::storeAnswer));
        commit("main", 'a');
    }

    private HttpServer server(SSLContext tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpServer server = tls == null ? HttpServer.create(address, 0) : HttpsServer.create(address, 0);
        if (server instanceof HttpsServer https) {
            https.setHttpsConfigurator(new HttpsConfigurator(tls));
        }
        server.setExecutor(threads);
        server.start();
        return server;
    }

    /** The revision is a commit of this letter forty times. */
    String commit(String revision, char letter) {
        String commit = String.valueOf(letter).repeat(40);
        revisions.put(revision, commit);
        return commit;
    }

    String commit() {
        return revisions.get("main");
    }

    static byte[] model(int bytes, long seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        System.arraycopy("GGUF".getBytes(StandardCharsets.US_ASCII), 0, content, 0, 4);
        return content;
    }

    byte[] add(String path, byte[] content) {
        files.put(path, content);
        return content;
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    URI endpoint() {
        return URI.create(scheme + "://localhost:" + hub.getAddress().getPort());
    }

    /** A file of the store without a hub. */
    URI fileUri(String path) {
        return URI.create(scheme + "://localhost:" + store.getAddress().getPort() + "/files/" + path);
    }

    int downloads() {
        return storeRequests.size();
    }

    private interface Answering {

        Answer to(Request request) throws IOException;
    }

    private static void answer(HttpExchange exchange, List<Request> log, Answering answering) throws IOException {
        try (exchange) {
            Request request = new Request(exchange.getRequestURI().toString(), exchange.getRequestHeaders().getFirst("Range"),
                    exchange.getRequestHeaders().getFirst("If-Range"),
                    exchange.getRequestHeaders().getFirst("Authorization"));
            log.add(request);
            Answer answer = answering.to(request);
            sleep(answer.pauseMillis);
            answer.headers.forEach(exchange.getResponseHeaders()::set);
            int length = answer.body.length;
            exchange.sendResponseHeaders(answer.status, length == 0 ? -1 : answer.saysLength ? length : 0);
            if (length > 0) {
                OutputStream body = exchange.getResponseBody();
                body.write(answer.body, 0, Math.min(length, answer.cutAfter));
                body.flush();
                sleep(answer.silenceMillis);
                if (answer.cutAfter >= length) {
                    body.close();
                }
            }
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer hubAnswer(Request request) {
        if (token != null && !("Bearer " + token).equals(request.authorization())) {
            return new Answer(request.authorization() == null ? 401 : 403, new byte[] { '!' });
        }
        String path = URI.create(request.path()).getPath();
        String api = "/api/models/" + REPOSITORY;
        String resolve = "/" + REPOSITORY + "/resolve/";
        boolean isResolve = path.startsWith(resolve);
        Answer answer = path.startsWith(api + "/revision/") ? revision(path.substring((api + "/revision/").length()))
                : path.startsWith(api + "/tree/") ? tree(request, path.substring((api + "/tree/").length()))
                        : isResolve ? link(path.substring(resolve.length())) : missing("RepoNotFound");
        return faulty(answer, isResolve ? resolveFaults : apiFaults);
    }

    private static Answer faulty(Answer answer, Queue<Fault> faults) {
        Fault fault = faults.poll();
        if (fault != null) {
            fault.accept(answer);
        }
        return answer;
    }

    private static Answer missing(String code) {
        Answer answer = new Answer(404, new byte[] { '!' });
        answer.headers.put("X-Error-Code", code);
        return answer;
    }

    private Answer revision(String name) {
        String commit = revisions.get(name);
        return commit == null ? missing("RevisionNotFound") : json(JSON.createObjectNode().put("sha", commit).toString());
    }

    private static Answer json(String text) {
        return new Answer(200, text.getBytes(StandardCharsets.UTF_8));
    }

    private Answer tree(Request request, String commit) {
        if (!revisions.containsValue(commit)) {
            return missing("RevisionNotFound");
        }
        String query = URI.create(request.path()).getQuery();
        int cursor = query.contains("cursor=") ? Integer.parseInt(query.replaceFirst(".*cursor=", "")) : 0;
        List<String> paths = new ArrayList<>(files.keySet());
        paths.sort(null);
        ArrayNode list = JSON.createArrayNode();
        list.addObject().put("type", "directory").put("path", "folder").put("oid", "d".repeat(40)).put("size", 0);
        int end = Math.min(paths.size(), cursor + entriesPerPage);
        for (String path : paths.subList(cursor, end)) {
            byte[] content = files.get(path);
            ObjectNode entry = list.addObject().put("type", "file").put("path", path).put("size", content.length)
                    .put("oid", "c".repeat(40));
            entry.putObject("lfs").put("oid", sha256(content)).put("size", content.length).put("pointerSize", 134);
        }
        Answer answer = json(list.toString());
        if (end < paths.size()) {
            answer.headers.put("Link", "<" + endpoint() + URI.create(request.path()).getPath() + "?recursive=true&cursor=" + end
                    + ">; rel=\"next\"");
        }
        return answer;
    }

    private Answer link(String commitAndPath) {
        String path = commitAndPath.substring(commitAndPath.indexOf('/') + 1);
        if (!files.containsKey(path)) {
            return missing("EntryNotFound");
        }
        String signature = "signature=" + links.incrementAndGet();
        goodLinks.add(signature);
        Answer answer = new Answer(302, new byte[0]);
        answer.headers.put("Location", fileUri(Urls.path(path)) + "?" + signature);
        return answer;
    }

    private Answer storeAnswer(Request request) {
        storeSawToken |= request.authorization() != null;
        URI uri = URI.create(request.path());
        if (uri.getQuery() != null && uri.getQuery().startsWith("signature=") && !goodLinks.remove(uri.getQuery())) {
            return new Answer(403, new byte[] { '!' });
        }
        byte[] content = files.get(uri.getPath().substring("/files/".length()));
        if (content == null) {
            return new Answer(404, new byte[] { '!' });
        }
        Answer answer = content(request, content);
        storeHabit.accept(answer);
        return faulty(answer, storeFaults);
    }

    private Answer content(Request request, byte[] content) {
        String tag = "\"" + (etag == null ? sha256(content).substring(0, 16) : etag) + "\"";
        boolean part = ranges && request.range() != null && (request.ifRange() == null || request.ifRange().equals(tag));
        int from = part ? Integer.parseInt(request.range().replaceFirst("bytes=(\\d+)-", "$1")) : 0;
        if (from >= content.length) {
            Answer answer = new Answer(416, new byte[0]);
            answer.headers.put("Content-Range", "bytes */" + content.length);
            return answer;
        }
        Answer answer = new Answer(part ? 206 : 200, Arrays.copyOfRange(content, from, content.length));
        answer.headers.put("ETag", tag);
        if (part) {
            answer.headers.put("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        return answer;
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
        if (storeSawToken) {
            throw new AssertionError("The token was sent to the store");
        }
    }
}
