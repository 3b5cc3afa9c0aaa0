package dev.kimilinear.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

import dev.kimilinear.engine.supply.DownloadListener;
import dev.kimilinear.engine.supply.DownloadPlan;
import dev.kimilinear.engine.supply.DownloadProgress;
import dev.kimilinear.engine.supply.ModelSource;
import dev.kimilinear.engine.supply.ModelSupply;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** The source of a model to its file. */
@Command(name = "fetch", description = "Fetches a model, or what is missing of it, and prints the path of its file, of a split model its first part. May be stopped at any time: what has arrived is kept, and the next run goes on from there.")
final class FetchCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SOURCE", description = "hf:owner/repository[:QUANT][@revision], hf:owner/repository/file.gguf[@revision], or https://host/file.gguf[#sha256=HASH].")
    String source;

    @Option(names = "--plan", description = "Print what belongs to the model and how much of it is here, and fetch nothing.")
    boolean plan;

    @ParentCommand
    Kimi kimi;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        if (!(ModelSource.parse(source) instanceof ModelSource.Remote remote)) {
            throw new InputException("\"" + source + "\" is a file of this machine, expected hf:owner/repository or "
                    + "https://host/file.gguf.");
        }
        PrintWriter out = spec.commandLine().getOut();
        ModelSupply models = kimi.models();
        if (plan) {
            print(models.plan(remote), out);
        } else {
            Path file = models.fetch(remote, new Progress(spec.commandLine().getErr()));
            out.print(file + "\n");
        }
        Kimi.flush(out);
        return 0;
    }

    private static void print(DownloadPlan plan, PrintWriter out) {
        for (DownloadPlan.PlannedFile file : plan.files()) {
            out.print(String.format(Locale.ROOT, "%s: %,d bytes, of which %,d are here\n", file.name(), file.bytes(),
                    file.bytesPresent()));
        }
        out.print(String.format(Locale.ROOT, "To fetch: %,d of %,d bytes\n", plan.bytesMissing(), plan.bytesTotal()));
    }

    /** Says how it goes, a line each time. */
    private record Progress(PrintWriter err) implements DownloadListener {

        @Override
        public void progress(DownloadProgress now) {
            String done = now.bytesTotal() == 0 ? ""
                    : String.format(Locale.ROOT, ", %d%% of %,d bytes", 100 * now.bytesDone() / now.bytesTotal(),
                            now.bytesTotal());
            String rate = now.timeLeft().isEmpty() ? ""
                    : String.format(Locale.ROOT, ", %.1f MB/s, %s left", now.bytesPerSecond() / 1e6,
                            text(now.timeLeft().get()));
            say(now.file() + done + rate);
        }

        @Override
        public void waiting(String file) {
            say(file + ", another program fetches it, waiting for the result");
        }

        @Override
        public void retrying(String reason, Duration delay) {
            say(String.format(Locale.ROOT, "%s, trying again in %.1f s", reason, delay.toMillis() / 1000.0));
        }

        private static String text(Duration time) {
            return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
        }

        private void say(String line) {
            err.print(line + "\n");
            err.flush();
        }
    }
}
