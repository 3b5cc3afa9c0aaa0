package dev.kimilinear.cli;

import java.nio.file.Path;

import dev.kimilinear.engine.supply.ModelSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The model, the same in each command. */
final class ModelOption {

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "A GGUF file, of a split model any of its parts; or the source of a model that kimi fetch has fetched.")
    String source;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    /** @throws InputException if the model has to be fetched first */
    Path file() {
        return switch (ModelSource.parse(source)) {
            case ModelSource.LocalFile local -> local.path();
            case ModelSource.Remote remote -> ((Kimi) command.root().userObject()).models().find(remote)
                    .orElseThrow(() -> new InputException(
                            "Model \"" + ModelSource.shown(source) + "\" is not on this machine. Fetch it with: "
                                    + "kimi fetch '" + ModelSource.shown(source) + "'"));
        };
    }
}
