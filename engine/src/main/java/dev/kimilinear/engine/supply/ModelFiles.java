package dev.kimilinear.engine.supply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kimilinear.engine.api.ModelSupplyException;

/** Which files of a repository are the model that was named. */
final class ModelFiles {

    private static final String DEFAULT_QUANT = "Q4_K_M";

    private static final String SUFFIX = ".gguf";
    private static final Pattern SPLIT = insensitive("(?<stem>.*)-\\d{5}-of-(?<count>\\d{5})\\.gguf");
    /** An importance matrix, or what a model sees with. "-imatrix.Q4_K_M.gguf" is a model that was made with a matrix. */
    private static final Pattern NO_MODEL = insensitive("(?:.*[-._/])?imatrix\\.gguf|.*mmproj.*");

    private ModelFiles() {
    }

    /** A model: one file, or all the parts that are listed of a split one. */
    private record Model(List<HubFile> parts) {

        boolean has(String path) {
            return parts.stream().anyMatch(part -> part.path().equals(path));
        }

        /** File name without folder, number of the part and ".gguf". */
        String stem() {
            String path = parts.getFirst().path();
            String name = path.substring(path.lastIndexOf('/') + 1);
            Matcher split = SPLIT.matcher(name);
            return split.matches() ? split.group("stem") : name.substring(0, name.length() - SUFFIX.length());
        }

        /** @throws ModelSupplyException if parts are missing */
        List<HubFile> complete(ModelSource.HubModel source) {
            for (String part : partsOf(parts.getFirst().path())) {
                if (parts.stream().noneMatch(file -> file.path().equalsIgnoreCase(part))) {
                    throw new ModelSupplyException("Cannot use " + source + ": the part \"" + part
                            + "\" is missing. Choose another model, or tell the owner of the repository.");
                }
            }
            return parts;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s (%,d bytes)", parts.getFirst().path(),
                    parts.stream().mapToLong(HubFile::bytes).sum());
        }
    }

    static boolean isGguf(String path) {
        return path.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
    }

    static boolean isPart(String path) {
        return SPLIT.matcher(path).matches();
    }

    /** All files of the model that a path belongs to, in order: itself, or all parts of a split model. */
    static List<String> partsOf(String path) {
        Matcher split = SPLIT.matcher(path);
        if (!split.matches()) {
            return List.of(path);
        }
        return IntStream.rangeClosed(1, Integer.parseInt(split.group("count")))
                .mapToObj(i -> String.format(Locale.ROOT, "%s-%05d-of-%s.gguf", split.group("stem"), i, split.group("count")))
                .toList();
    }

    /**
     * @return the files of the model, the parts of a split one in order
     * @throws ModelSupplyException if there is none or more than one; the message lists what could be meant
     */
    static List<HubFile> choose(ModelSource.HubModel source, List<HubFile> listing) {
        List<Model> models = models(listing, path -> !NO_MODEL.matcher(path).matches());
        List<Model> chosen = source.file().map(file -> models(listing, path -> true).stream()
                .filter(model -> model.has(file)).toList())
                .or(() -> source.quant().map(quant -> ofQuant(quant, models)))
                .orElseGet(() -> ofDefault(models));
        if (chosen.size() != 1) {
            throw new ModelSupplyException("Cannot choose a file for " + source + ": " + problem(source, chosen, models));
        }
        return chosen.getFirst().complete(source);
    }

    private static List<Model> models(List<HubFile> listing, Predicate<String> wanted) {
        Map<String, List<HubFile>> models = new LinkedHashMap<>();
        for (HubFile file : listing.stream().sorted(Comparator.comparing(HubFile::path)).toList()) {
            if (isGguf(file.path()) && wanted.test(file.path())) {
                Matcher split = SPLIT.matcher(file.path());
                String model = split.matches() ? split.group("stem") + "-of-" + split.group("count") : file.path();
                models.computeIfAbsent(model, name -> new ArrayList<>()).add(file);
            }
        }
        return models.values().stream().map(Model::new).toList();
    }

    private static List<Model> ofDefault(List<Model> models) {
        List<Model> usual = ofQuant(DEFAULT_QUANT, models);
        return usual.isEmpty() ? models : usual;
    }

    /**
     * The name of a quantisation stands alone: an underscore or a letter after it makes another of it (Q4_K_M_L), a letter
     * before it too (IQ4_K_M).
     */
    private static List<Model> ofQuant(String quant, List<Model> models) {
        Pattern name = insensitive("(?:|.*[-._])" + Pattern.quote(quant) + "(?:[-.].*)?");
        return models.stream().filter(model -> name.matcher(model.stem()).matches()).toList();
    }

    private static String problem(ModelSource.HubModel source, List<Model> chosen, List<Model> models) {
        if (models.isEmpty()) {
            return "the repository has no .gguf file of a model. Name a repository that has.";
        }
        if (!chosen.isEmpty()) {
            return "it may be any of " + list(chosen) + ". Name one by its file, as hf:" + source.repository() + "/"
                    + chosen.getFirst().parts().getFirst().path() + ".";
        }
        return "there is no such " + (source.file().isPresent() ? "file" : "quantisation") + ". The repository has "
                + list(models) + ".";
    }

    private static String list(List<Model> models) {
        return models.stream().map(Model::toString).collect(Collectors.joining(", "));
    }

    private static Pattern insensitive(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
