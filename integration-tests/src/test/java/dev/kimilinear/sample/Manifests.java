package dev.kimilinear.sample;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** The Kubernetes manifests of the documentation. */
final class Manifests {

    private static final Path FOLDER = Path.of("../docs/kubernetes");

    /** The container that is our application, where others are Redis and vLLM. */
    private static final String APPLICATION = "assistant";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Manifests() {
    }

    /** A resource of Kubernetes, and the file that it is from. */
    record Resource(String file, JsonNode content) {

        String apiVersion() {
            return content.path("apiVersion").asText();
        }

        String kind() {
            return content.path("kind").asText();
        }

        String name() {
            return content.at("/metadata/name").asText();
        }

        JsonNode spec() {
            return content.path("spec");
        }

        /** What has containers and volumes: the pods of a deployment, or those of a runtime of KServe. */
        List<JsonNode> pods() {
            return switch (kind()) {
                case "Deployment" -> List.of(spec().at("/template/spec"));
                case "ServingRuntime" -> spec().has("workerSpec") ? List.of(spec(), spec().path("workerSpec"))
                        : List.of(spec());
                default -> List.of();
            };
        }

        @Override
        public String toString() {
            return file + ": " + kind() + " " + name();
        }
    }

    static List<Resource> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().flatMap(file -> read(file).stream()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Resource> of(String file) {
        return all().stream().filter(resource -> resource.file().equals(file)).toList();
    }

    private static List<Resource> read(Path file) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<Resource> resources = new ArrayList<>();
        try (Reader reader = Files.newBufferedReader(file)) {
            for (Object content : new Yaml(new SafeConstructor(options)).loadAll(reader)) {
                resources.add(new Resource(file.getFileName().toString(), JSON.valueToTree(content)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return resources;
    }

    /** Every container of our application. */
    static List<JsonNode> applications() {
        List<JsonNode> applications = new ArrayList<>();
        for (Resource resource : all()) {
            for (JsonNode pod : resource.pods()) {
                pod.path("containers").forEach(container -> {
                    if (container.path("name").asText().equals(APPLICATION)) {
                        applications.add(container);
                    }
                });
            }
        }
        return applications;
    }

    /** The probes of a container by HTTP. */
    static List<JsonNode> httpProbes(JsonNode container) {
        return Stream.of("startupProbe", "livenessProbe", "readinessProbe").map(container::path)
                .map(probe -> probe.path("httpGet")).filter(JsonNode::isObject).toList();
    }

    /** The variables of a container's environment; those that are not written out have no value. */
    static Map<String, String> environment(JsonNode container) {
        Map<String, String> environment = new TreeMap<>();
        container.path("env").forEach(
                variable -> environment.put(variable.path("name").asText(), variable.path("value").asText()));
        return environment;
    }
}
