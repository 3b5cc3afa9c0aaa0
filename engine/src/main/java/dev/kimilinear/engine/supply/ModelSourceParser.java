package dev.kimilinear.engine.supply;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.engine.api.ModelSupplyException;

/** The grammar of {@link ModelSource}. Looks at the text only. */
final class ModelSourceParser {

    private static final String HUB_FORM = "hf:owner/repository[:QUANT][@revision] or "
            + "hf:owner/repository/file.gguf[@revision]";
    private static final String WEB_FORM = "https://host/file.gguf[#sha256=<64 hexadecimal digits>]";
    private static final String FORMS = "a path, a file: URI, " + HUB_FORM + ", or " + WEB_FORM;

    /** Two letters or more: one letter is a Windows drive. */
    private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+):.*", Pattern.DOTALL);
    private static final Pattern HUB_MODEL = Pattern
            .compile("hf:(?<repository>[^/:@]+/[^/:@]+)(?::(?<quant>[^@]*)|/(?<file>[^@]*))?(?:@(?<revision>.*))?",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern REPOSITORY = Pattern.compile("\\w+(?:[.-]\\w+)*/\\w+(?:[.-]\\w+)*");
    /** Q4_K_M, IQ4_XS, BF16, MXFP4_MOE, UD-Q4_K_XL: a word, digits, and the rest. */
    private static final Pattern QUANT = Pattern.compile("(?:[a-zA-Z]+-)?[a-zA-Z]+[0-9]\\w*");
    private static final Pattern SHA256 = Pattern.compile("sha256=([0-9a-fA-F]{64})");
    private static final String DEFAULT_REVISION = "main";

    private final String text;

    ModelSourceParser(String text) {
        this.text = text.strip();
    }

    ModelSource parse() {
        check(!text.isEmpty(), "it is empty", FORMS);
        Matcher scheme = SCHEME.matcher(text);
        return switch (scheme.matches() ? scheme.group(1).toLowerCase(Locale.ROOT) : "") {
            case "", "file" -> localFile();
            case "hf" -> hubModel();
            case "https", "http" -> webFile();
            default -> throw wrong("models do not come from " + scheme.group(1) + ":", FORMS);
        };
    }

    private ModelSource localFile() {
        try {
            return new ModelSource.LocalFile(SCHEME.matcher(text).matches() ? Path.of(URI.create(text)) : Path.of(text));
        } catch (InvalidPathException e) {
            throw wrong("it is not a path, " + e.getReason(), FORMS);
        } catch (IllegalArgumentException e) {
            throw wrong("it is not a file: URI, " + e.getMessage(), "the form file:///directory/model.gguf");
        }
    }

    private ModelSource hubModel() {
        Matcher parts = HUB_MODEL.matcher(text);
        check(parts.matches() && REPOSITORY.matcher(parts.group("repository")).matches(),
                "it does not name a repository of an owner", HUB_FORM);
        String quant = parts.group("quant");
        check(quant == null || QUANT.matcher(quant).matches(), "\"" + quant + "\" is no quantisation, as Q4_K_M is", HUB_FORM);
        String file = parts.group("file");
        check(file == null || HubCache.isPath(file) && ModelFiles.isGguf(file),
                "\"" + file + "\" is no path of a .gguf file", HUB_FORM);
        String revision = parts.group("revision");
        check(revision == null || HubCache.isPath(revision), "\"" + revision + "\" is no revision", HUB_FORM);
        return new ModelSource.HubModel(parts.group("repository"), Optional.ofNullable(file), Optional.ofNullable(quant),
                revision == null ? DEFAULT_REVISION : revision);
    }

    private ModelSource webFile() {
        try {
            URI uri = new URI(text);
            check(uri.getHost() != null, "it has no host", WEB_FORM);
            check(uri.getRawUserInfo() == null, "it holds a user or a password, which would be shown in many places", WEB_FORM);
            check(Urls.isHttps(uri) || Urls.isLoopback(uri.getHost()),
                    "with http: anybody on the way can replace the file; it is for this machine only", WEB_FORM);
            check(!ModelFiles.isPart(uri.getPath()),
                    "it is one part of a split model, and the names of the other parts are known on a hub only",
                    HUB_FORM + ", or a URL of the merged model");
            return new ModelSource.WebFile(new URI(text.replaceFirst("#.*", "")),
                    Optional.ofNullable(uri.getRawFragment()).map(this::sha256));
        } catch (URISyntaxException e) {
            throw wrong("it is not a URL, " + e.getReason(), WEB_FORM);
        }
    }

    private String sha256(String fragment) {
        Matcher matcher = SHA256.matcher(fragment);
        check(matcher.matches(), "#" + fragment + " is no hash", WEB_FORM);
        return matcher.group(1).toLowerCase(Locale.ROOT);
    }

    private void check(boolean right, String problem, String expected) {
        if (!right) {
            throw wrong(problem, expected);
        }
    }

    private ModelSupplyException wrong(String problem, String expected) {
        return new ModelSupplyException(
                "Cannot understand model \"" + ModelSource.shown(text) + "\": " + problem + ". Expected " + expected + ".");
    }
}
