package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubEnvironment;
import dev.kimilinear.engine.supply.ModelSupply;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/**
 * The entry. Exit codes: 0, or {@value #BAD_INPUT} with one sentence on standard error for bad input and for a model that
 * cannot be fetched; {@value #OUTPUT_LOST} where nobody reads the output any more, and with a stack trace for an error in
 * this program.
 */
@Command(name = "kimi", description = "Runs a Kimi-Linear model from a GGUF file.", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true, versionProvider = Kimi.Version.class, synopsisSubcommandLabel = "COMMAND", subcommands = {
        TokenizeCommand.class, LogitsCommand.class, CompleteCommand.class, FetchCommand.class })
public final class Kimi {

    static final int BAD_INPUT = 2;
    static final int OUTPUT_LOST = 1;

    /**
     * Names a file that stands for standard error. The launcher sends the JVM's own standard error through a filter, because
     * the JVM announces each incubator module there, and gives us this way past it.
     */
    private static final String STDERR_PROPERTY = "dev.kimilinear.cli.stderr";

    final InputStream stdin;
    private final Map<String, String> environment;

    private Kimi(InputStream stdin, Map<String, String> environment) {
        this.stdin = stdin;
        this.environment = environment;
    }

    public static void main(String[] args) {
        routeStandardError();
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        Logger.getLogger("").setLevel(Level.WARNING);
        PrintWriter out = new PrintWriter(System.out, false, UTF_8);
        PrintWriter err = new PrintWriter(System.err, false, UTF_8);
        int exitCode = commandLine(System.in, System.getenv(), out, err).execute(args);
        if (out.checkError()) {
            err.print("kimi: Standard output cannot be written.\n");
            exitCode = OUTPUT_LOST;
        }
        err.flush();
        System.exit(exitCode);
    }

    /**
     * The whole program around the given streams.
     *
     * @param environment variables that say where models come from
     */
    static CommandLine commandLine(InputStream in, Map<String, String> environment, PrintWriter out, PrintWriter err) {
        return new CommandLine(new Kimi(in, environment))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                // A prompt is any text: also one that begins with @ or looks like an option.
                .setExpandAtFiles(false)
                .setAllowOptionsAsOptionParameters(true)
                .setParameterExceptionHandler((e, args) -> refuse(e.getCommandLine(), e))
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    if (commandLine.getOut().checkError()) {
                        return OUTPUT_LOST;
                    }
                    if (isBadInput(e)) {
                        return refuse(commandLine, e);
                    }
                    throw e;
                });
    }

    /** What was, or can be, fetched from hubs and URLs. */
    ModelSupply models() {
        return new ModelSupply(new HubEnvironment(environment, Path.of(System.getProperty("user.home"))),
                EngineOptions.defaults().cacheDirectory());
    }

    /**
     * Hands on what was printed.
     *
     * @throws UncheckedIOException if it cannot be, so that work whose result nobody reads ends
     */
    static void flush(PrintWriter out) {
        if (out.checkError()) {
            throw new UncheckedIOException(new IOException("Standard output cannot be written"));
        }
    }

    private static boolean isBadInput(Exception e) {
        return e instanceof InputException || e instanceof ModelFormatException || e instanceof ModelSupplyException
        // The engine refuses values with this class. Its subclasses, of bad formats and the like, are errors of programs.
                || e.getClass() == IllegalArgumentException.class
                // One with a cause is a failure on the way, one without is a refusal.
                || e instanceof EngineException && e.getCause() == null;
    }

    private static int refuse(CommandLine commandLine, Exception e) {
        PrintWriter err = commandLine.getErr();
        String sentence = e.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
        err.print("kimi: " + sentence + (sentence.endsWith(".") ? "" : ".") + "\n");
        err.flush();
        return BAD_INPUT;
    }

    private static void routeStandardError() {
        String file = System.getProperty(STDERR_PROPERTY);
        if (file == null) {
            return;
        }
        try {
            // Append, so that a file which already has content keeps it.
            System.setErr(new PrintStream(new FileOutputStream(file, true), true, UTF_8));
        } catch (IOException e) {
            // A socket, for one, cannot be opened by name. Then System.err stays as it is and passes the filter.
            return;
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Kimi.class.getPackage().getImplementationVersion();
            return new String[] { "kimi " + (version == null ? "(not packaged)" : version),
                    "Java " + Runtime.version() + ", " + System.getProperty("java.vm.name") };
        }
    }
}
