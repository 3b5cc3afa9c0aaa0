package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.sample.Manifests.Resource;

/**
 * What the manifests and the page about them say agrees with itself, with the sample and with the configuration that there is.
 * {@link HealthTest} asks the paths of their probes.
 */
class ManifestsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, String> API_VERSIONS = Map.of(
            "ConfigMap", "v1",
            "Deployment", "apps/v1",
            "InferenceService", "serving.kserve.io/v1beta1",
            "NetworkPolicy", "networking.k8s.io/v1",
            "PersistentVolumeClaim", "v1",
            "PodDisruptionBudget", "policy/v1",
            "Service", "v1",
            "ServingRuntime", "serving.kserve.io/v1alpha1");

    /** Of an extension that the sample does not have; the deployment half of ours is tested with it. */
    private static final Set<String> KNOWN_ELSEWHERE = Set.of("QUARKUS_REDIS_HOSTS");

    /** The secret that the head of vllm.yaml says how to make. */
    private static final String SECRET = "kimi-linear";

    private static final Path PROPERTIES = Path.of("src/main/resources/application.properties");
    private static final Path PAGE = Path.of("../docs/modules/ROOT/pages/outgrow.adoc");
    private static final Path REFERENCE = Path
            .of("../docs/modules/ROOT/pages/includes/quarkus-langchain4j-kimi-linear.adoc");

    /** The file of the model that the manifests are about. */
    private static final long MODEL_BYTES = 30_000_000_000L;

    @Test
    void theFilesAreThoseOfThePage() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Manifests.all()).extracting(Resource::file).isNotEmpty()
                .allSatisfy(file -> assertThat(page).contains("docs/kubernetes/" + file));
    }

    @Test
    void everyResourceIsOfAKnownKindAndHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        assertThat(Manifests.all()).allSatisfy(resource -> {
            assertThat(resource.apiVersion()).isEqualTo(API_VERSIONS.get(resource.kind()));
            assertThat(resource.name()).isNotEmpty();
            assertThat(names.add(resource.toString())).as("the first of this name").isTrue();
        });
    }

    @Test
    void selectorsFindPods() {
        for (Resource resource : Manifests.all()) {
            JsonNode labels = switch (resource.kind()) {
                case "Service" -> resource.spec().path("selector");
                case "Deployment", "PodDisruptionBudget" -> resource.spec().at("/selector/matchLabels");
                case "NetworkPolicy" -> resource.spec().at("/podSelector/matchLabels");
                default -> null;
            };
            if (labels != null) {
                assertThat(deployments(resource.file()).map(deployment -> deployment.spec().at("/template/metadata/labels")))
                        .as("labels of pods for %s", resource).contains(labels);
            }
        }
    }

    @Test
    void portsThatAreNamedExist() {
        for (Resource resource : Manifests.all()) {
            for (JsonNode pod : resource.pods()) {
                for (JsonNode container : pod.path("containers")) {
                    Set<String> ports = ports(container);
                    assertThat(Manifests.httpProbes(container)).as(resource.toString())
                            .allSatisfy(probe -> assertThat(ports).contains(probe.path("port").asText()));
                }
            }
            if (resource.kind().equals("Service")) {
                Resource deployment = deployments(resource.file()).filter(d -> d.name().equals(resource.name())).findFirst()
                        .orElseThrow();
                Set<String> ports = ports(deployment.pods().getFirst().at("/containers/0"));
                assertThat(resource.spec().path("ports")).as(resource.toString())
                        .allSatisfy(port -> assertThat(ports).contains(port.path("targetPort").asText()));
            }
        }
    }

    @Test
    void whatPodsReferToExists() {
        for (Resource resource : Manifests.all()) {
            for (JsonNode pod : resource.pods()) {
                Set<String> volumes = new HashSet<>();
                for (JsonNode volume : pod.path("volumes")) {
                    volumes.add(volume.path("name").asText());
                    refersTo("PersistentVolumeClaim", volume.at("/persistentVolumeClaim/claimName"), resource);
                    refersTo("ConfigMap", volume.at("/configMap/name"), resource);
                }
                for (JsonNode container : pod.path("containers")) {
                    assertThat(container.path("volumeMounts")).as(resource.toString())
                            .allSatisfy(mount -> assertThat(volumes).contains(mount.path("name").asText()));
                    assertThat(container.path("env").findValues("secretKeyRef")).as(resource.toString())
                            .allSatisfy(secret -> assertThat(secret.path("name").asText()).isEqualTo(SECRET));
                }
            }
        }
    }

    @Test
    void theApplicationIsToldWhatItKnows() throws IOException {
        Set<String> known = new HashSet<>(KNOWN_ELSEWHERE);
        for (JsonNode property : properties()) {
            // What is fixed when the application is built says nothing in an environment.
            if (property.path("phase").asText().equals("RUN_TIME")) {
                known.add(property.at("/path/environmentVariable").asText());
            }
        }
        assertThat(Manifests.applications()).hasSize(2)
                .allSatisfy(application -> assertThat(known).containsAll(Manifests.environment(application).keySet()));
    }

    @Test
    void theApplicationListensWhereItIsExpected() throws IOException {
        String port = properties().stream().filter(p -> p.at("/path/property").asText().equals("quarkus.http.port"))
                .map(p -> p.path("defaultValue").asText()).findFirst().orElseThrow();
        assertThat(Files.readString(PROPERTIES)).doesNotContain("quarkus.http.port");
        assertThat(Manifests.applications()).allSatisfy(application -> {
            assertThat(application.at("/ports/0/containerPort").asText()).isEqualTo(port);
            assertThat(Manifests.environment(application)).containsEntry("QUARKUS_HTTP_HOST", "0.0.0.0");
        });
    }

    @Test
    void javaHasTheFlagAndTheMemoryForTheModel() {
        List<Resource> resources = Manifests.of("in-process.yaml");
        List<String> arguments = resources.stream().filter(r -> r.kind().equals("ConfigMap")).findFirst().orElseThrow()
                .content().at("/data/jvm.args").asText().lines().filter(line -> !line.startsWith("#")).toList();
        assertThat(arguments).hasSize(2).startsWith("--add-modules=jdk.incubator.vector");
        long heap = bytes(arguments.getLast().substring("-Xmx".length()).toUpperCase(Locale.ROOT) + "i");

        JsonNode application = resources.stream().filter(r -> r.kind().equals("Deployment") && r.name().equals("assistant"))
                .findFirst().orElseThrow().pods().getFirst().at("/containers/0");
        assertThat(application.path("args").get(0).asText()).isEqualTo("@/etc/assistant/jvm.args");
        assertThat(bytes(application.at("/resources/requests/memory").asText())).isGreaterThan(MODEL_BYTES + heap);
        assertThat(application.at("/resources/limits")).isEqualTo(application.at("/resources/requests"));
    }

    @Test
    void theApplicationAsksTheModelThatIsServed() {
        JsonNode application = Manifests.of("vllm.yaml").stream().filter(r -> r.kind().equals("Deployment")).findFirst()
                .orElseThrow().pods().getFirst().at("/containers/0");
        Map<String, String> environment = Manifests.environment(application);
        URI url = URI.create(environment.get("QUARKUS_LANGCHAIN4J_OPENAI_BASE_URL"));
        String model = environment.get("QUARKUS_LANGCHAIN4J_OPENAI_CHAT_MODEL_MODEL_NAME");
        assertThat(url.getPath()).isEqualTo("/v1");

        for (String file : List.of("vllm.yaml", "vllm-multi-node.yaml")) {
            Resource service = one("InferenceService", file);
            Resource runtime = one("ServingRuntime", file);
            assertThat(url.getHost()).isEqualTo(service.name() + "-predictor");
            assertThat(service.spec().at("/predictor/model/runtime").asText()).isEqualTo(runtime.name());
            assertThat(service.spec().at("/predictor/model/modelFormat/name"))
                    .isEqualTo(runtime.spec().at("/supportedModelFormats/0/name"));
            assertThat(runtime.pods().getFirst().at("/containers/0/args").toString())
                    .contains("--served-model-name=" + model, "--port=8000");
        }
    }

    @Test
    void theGraphicsProcessorsAreAsManyAsTheModelIsDividedInto() {
        JsonNode oneNode = one("ServingRuntime", "vllm.yaml").spec().at("/containers/0");
        assertThat(oneNode.path("args").toString()).contains("--tensor-parallel-size=" + gpus(oneNode) + "\"");

        JsonNode runtime = one("ServingRuntime", "vllm-multi-node.yaml").spec();
        JsonNode service = one("InferenceService", "vllm-multi-node.yaml").spec().at("/predictor/workerSpec");
        assertThat(service.path("tensorParallelSize").asText()).isEqualTo(gpus(runtime.at("/containers/0")))
                .isEqualTo(gpus(runtime.at("/workerSpec/containers/0")));
        assertThat(runtime.at("/workerSpec/containers/0/image")).isEqualTo(runtime.at("/containers/0/image"));
        for (String size : List.of("pipelineParallelSize", "tensorParallelSize")) {
            assertThat(runtime.path("workerSpec").path(size)).isEqualTo(service.path(size));
        }
    }

    /** Of the keys on the page, those of our provider and of OpenAI's. */
    @Test
    void theKeysOfThePageExist() throws IOException {
        Set<String> known = new TreeSet<>();
        properties().forEach(property -> known.add(property.at("/path/property").asText()));
        Matcher ours = Pattern.compile("`\\+\\+\\+(quarkus\\.[^+]+)\\+\\+\\+`").matcher(Files.readString(REFERENCE));
        while (ours.find()) {
            known.add(ours.group(1));
        }
        Matcher named = Pattern.compile("quarkus\\.langchain4j\\.(kimi-linear|openai)\\.[a-z.-]+[a-z]")
                .matcher(Files.readString(PAGE));
        List<String> keys = new ArrayList<>();
        while (named.find()) {
            keys.add(named.group());
        }
        assertThat(keys).hasSizeGreaterThan(5).allSatisfy(key -> assertThat(known).contains(key));
    }

    @Test
    void theProfileOfThePageIsThatOfTheSample() throws IOException {
        assertThat(profile(PAGE)).isNotEmpty().isEqualTo(profile(PROPERTIES));
    }

    private static List<String> profile(Path file) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> line.startsWith("%cluster.")).toList();
    }

    private static Stream<Resource> deployments(String file) {
        return Manifests.of(file).stream().filter(resource -> resource.kind().equals("Deployment"));
    }

    private static Resource one(String kind, String file) {
        List<Resource> found = Manifests.of(file).stream().filter(resource -> resource.kind().equals(kind)).toList();
        assertThat(found).as("%s in %s", kind, file).hasSize(1);
        return found.getFirst();
    }

    /** Names and numbers. */
    private static Set<String> ports(JsonNode container) {
        Set<String> ports = new HashSet<>();
        container.path("ports").forEach(port -> {
            ports.add(port.path("name").asText());
            ports.add(port.path("containerPort").asText());
        });
        return ports;
    }

    private static void refersTo(String kind, JsonNode name, Resource resource) {
        if (!name.isMissingNode()) {
            assertThat(Manifests.of(resource.file())).as(resource.toString())
                    .anyMatch(other -> other.kind().equals(kind) && other.name().equals(name.asText()));
        }
    }

    private static String gpus(JsonNode container) {
        JsonNode requested = container.path("resources").path("requests").path("nvidia.com/gpu");
        assertThat(container.path("resources").path("limits").path("nvidia.com/gpu")).isEqualTo(requested);
        return requested.asText();
    }

    private static long bytes(String gibibytes) {
        assertThat(gibibytes).endsWith("Gi");
        return Long.parseLong(gibibytes.substring(0, gibibytes.length() - 2)) << 30;
    }

    /** Every key of the extensions on the class path, as each of them describes it in its jar. */
    private static List<JsonNode> properties() throws IOException {
        List<JsonNode> properties = new ArrayList<>();
        for (URL model : Collections.list(
                ManifestsTest.class.getClassLoader().getResources("META-INF/quarkus-config-doc/quarkus-config-model.json"))) {
            try (InputStream in = model.openStream()) {
                collect(JSON.readTree(in), properties);
            }
        }
        return properties;
    }

    private static void collect(JsonNode node, List<JsonNode> properties) {
        if (node.path("path").has("property")) {
            properties.add(node);
        }
        node.forEach(child -> collect(child, properties));
    }
}
