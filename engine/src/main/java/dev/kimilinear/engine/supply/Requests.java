package dev.kimilinear.engine.supply;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * GET requests for one source. Redirects are followed here and not by the HTTP client, because the token goes to the hub
 * only and never on to a store, and because what was asked with https: must not be answered without.
 */
final class Requests implements AutoCloseable {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 10;
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 404, 410);
    /** The last says that nothing follows the range that was asked for. */
    private static final Set<Integer> ANSWERS = Set.of(200, 206, 416);
    /** Limits of the Hugging Face hub count in windows of five minutes. */
    private static final long LONGEST_RETRY_AFTER_SECONDS = 300;
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

    private final HubEnvironment environment;
    private final Machine machine;
    private final ModelSource.Remote source;
    private final DownloadListener listener;
    private HttpClient client;

    Requests(HubEnvironment environment, Machine machine, ModelSource.Remote source, DownloadListener listener) {
        this.environment = environment;
        this.machine = machine;
        this.source = source;
        this.listener = listener;
    }

    Retries retries(String what, int tries) {
        return new Retries(machine, listener, what, tries);
    }

    /**
     * @return the content that the last server gives, with the status 200, 206 or 416; the body has to be closed
     * @throws TransferException if another try may have more success
     * @throws ModelSupplyException if it has not
     */
    HttpResponse<Body> get(URI uri, Map<String, String> headers) throws TransferException {
        URI at = uri;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<Body> response = send(at, headers);
            if (ANSWERS.contains(response.statusCode())) {
                return response;
            }
            response.body().close();
            if (!REDIRECTS.contains(response.statusCode())) {
                throw failure(uri, response);
            }
            at = target(response);
        }
        throw new ModelSupplyException("Cannot follow " + Urls.shown(uri) + ": more than " + MOST_REDIRECTS
                + " redirects. Check the address of the hub or of the file.");
    }

    private HttpResponse<Body> send(URI uri, Map<String, String> headers) throws TransferException {
        Machine.stopIfInterrupted();
        if (environment.offline()) {
            throw new ModelSupplyException.Unreachable("Cannot ask " + Urls.shown(uri) + ": HF_HUB_OFFLINE is set. Unset "
                    + "it, or name a model that is here; a hub's are looked for in " + environment.caches() + ".");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept-Encoding", "identity")
                .header("User-Agent", "kimi-linear");
        headers.forEach(request::header);
        if (Urls.sameOrigin(uri, environment.endpoint())) {
            environment.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        CompletableFuture<HttpResponse<Body>> answer = client().sendAsync(request.build(),
                info -> new Body(machine.longestSilence()));
        try {
            HttpResponse<Body> response = answer.get(machine.longestSilence().toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() == 407) { // which has no body if it is for a tunnel
                throw Proxies.refused(uri);
            }
            return response;
        } catch (TimeoutException e) {
            throw TransferException.silence(machine.longestSilence());
        } catch (ExecutionException e) {
            throw TransferException.of(e.getCause());
        } catch (InterruptedException e) {
            throw Machine.interrupted();
        } finally {
            answer.cancel(true);
        }
    }

    /** Made for the first request: it has a thread. */
    private HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder = machine.http().get().version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(CONNECT_LIMIT);
            environment.configureProxies(builder);
            client = builder.build();
        }
        return client;
    }

    private static URI target(HttpResponse<Body> redirect) {
        String location = redirect.headers().firstValue("Location").orElse("");
        return Urls.follow(redirect.uri(), location).orElseThrow(() -> new ModelSupplyException("Cannot follow "
                + Urls.shown(redirect.uri()) + ": it redirects to \"" + location.replaceFirst("\\?.*", "")
                + "\", expected an https: URL. Check the address of the hub or of the file."));
    }

    /** A refusal of another server than was asked means that the link to it is not good any more. */
    private TransferException failure(URI asked, HttpResponse<Body> response) {
        int status = response.statusCode();
        boolean expired = REFUSALS.contains(status) && !Urls.sameOrigin(asked, response.uri());
        if (expired || status == 408 || status == 429 || status >= 500) {
            return new TransferException(Urls.shown(response.uri()) + " answers HTTP " + status
                    + (expired ? " to a link that has expired" : ""), retryAfter(response), null);
        }
        throw new ModelSupplyException("Cannot fetch " + source + ": " + Urls.shown(response.uri()) + " answers HTTP " + status
                + ", " + (source instanceof ModelSource.HubModel ? hubProblem(response) : webProblem(status)));
    }

    private String hubProblem(HttpResponse<Body> response) {
        return switch (response.statusCode()) {
            case 401, 403 -> environment.token().isPresent()
                    ? "the token given has no access to the repository. Ask for access on the page of the repository, or set "
                            + "HF_TOKEN to a token that has it."
                    : "the repository is gated or private, or there is none of this name. Check the name, and set HF_TOKEN to "
                            + "a token that may read it.";
            case 404, 410 -> switch (response.headers().firstValue("X-Error-Code").orElse("")) {
                case "RepoNotFound" -> "there is no such repository. Check its name.";
                case "RevisionNotFound" -> "there is no such revision. Check its name.";
                default -> "there is no such repository, revision or file. Check the names.";
            };
            default -> "which was not expected. Check HF_ENDPOINT.";
        };
    }

    private static String webProblem(int status) {
        return switch (status) {
            case 401, 403 -> "it wants to know who asks. Name a public file, or a URL with a signature that has not expired.";
            case 404, 410 -> "there is no such file. Check the URL.";
            default -> "which was not expected. Check the URL.";
        };
    }

    /** Seconds; a date, which is allowed too, is left to our own delays. */
    private static Duration retryAfter(HttpResponse<Body> response) {
        return response.headers().firstValue("Retry-After").filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Math.min(Long.parseLong(text), LONGEST_RETRY_AFTER_SECONDS))).orElse(null);
    }

    @Override
    public void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
