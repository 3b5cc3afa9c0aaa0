package dev.kimilinear.engine.soak;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;

/** The process that is killed: it converses without end, and prints every answer. */
final class KilledProcess {

    private KilledProcess() {
    }

    /** Arguments: the model, the cache folder, and the dialogue to begin with. */
    public static void main(String[] args) throws InterruptedException {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(Path.of(args[1])).withThreads(1);
        try (Engine engine = Engine.open(Path.of(args[0]), options)) {
            System.out.println("open");
            for (int number = Integer.parseInt(args[2]);; number++) {
                List<String> said = new ArrayList<>();
                for (int turn = 0; turn < Dialogue.TURNS; turn++) {
                    Generation generation = engine.submit(request(number, turn, said), GenerationListener.silent());
                    said.add(generation.await().text());
                    System.out.println(number + " " + turn + " " + generation.restoredTokens() + " "
                            + engine.stats().snapshots().failed() + " " + oneLine(said.getLast()));
                }
            }
        }
    }

    static GenerationRequest request(int number, int turn, List<String> said) {
        return GenerationRequest.of(new Prompt.Chat(Dialogue.before(number, turn, said), List.of())).withMaxOutputTokens(40);
    }

    static String oneLine(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }
}
