package dev.kimilinear.cli;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.Callable;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.SnapshotOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Token ids to logits. */
@Command(name = "logits", description = "Writes the logits after tokens[0..P] for each position P, as rows of little-endian 32-bit floats in the order of --positions.")
final class LogitsCommand implements Callable<Integer> {

    @Mixin
    ModelOption model;

    @Option(names = "--tokens-file", required = true, paramLabel = "FILE", description = "A JSON array of token ids, read as they are.")
    Path tokensFile;

    @Option(names = "--positions", required = true, split = ",", paramLabel = "P", description = "Indices into the tokens, from 0.")
    int[] positions;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Replaced once all rows are there.")
    Path out;

    @Option(names = "--chunk", paramLabel = "N", description = "Tokens per step; by default the engine's own choice. Changes the speed, never a bit of the result.")
    Integer chunkTokens;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0", description = "Threads that compute; 0, the default: one per physical core. Changes the speed, never a bit of the result.")
    int threads;

    @Option(names = "--kernels", paramLabel = "scalar|vector", defaultValue = "auto", description = "The kernel set; by default vector where this JVM can run it. Changes the speed, never a bit of the result.")
    KernelChoice kernels;

    @Override
    public Integer call() throws InterruptedException {
        if (chunkTokens != null && chunkTokens < 1) {
            throw new InputException("--chunk is " + chunkTokens + ", expected 1 or more.");
        }
        TokensFile tokens = TokensFile.read(tokensFile);
        int length = tokens.ids().length;
        for (int position : positions) {
            if (position < 0 || position >= length) {
                throw new InputException("Position " + position + " is outside the " + length + " tokens of \"" + tokensFile
                        + "\", expected 0 to " + (length - 1) + ".");
            }
        }
        if (Files.exists(out) && !Files.isRegularFile(out)) {
            throw new InputException("Output \"" + out + "\" exists and is not a regular file.");
        }
        if (!Files.isDirectory(out.toAbsolutePath().getParent())) {
            throw new InputException("Output \"" + out + "\" cannot be written: there is no such directory.");
        }
        int lastPosition = Arrays.stream(positions).max().getAsInt();
        EngineOptions options = EngineOptions.defaults().withParallelSequences(1).withSnapshots(SnapshotOptions.off())
                .withContextTokens(lastPosition + 1)
                .withThreads(threads).withKernels(kernels).withLatentCache(LatentCacheType.F32);
        try (Engine engine = Engine.open(model.file(), options)) {
            tokens.check(engine.model().vocabularySize());
            write(engine, tokens.ids());
        } catch (IOException e) {
            throw InputException.of("Output \"" + out + "\" cannot be written", e);
        }
        return 0;
    }

    /** Writes to a file beside {@link #out} and moves it there, so that nobody ever reads half a result. */
    private void write(Engine engine, int[] tokens) throws IOException, InterruptedException {
        Path target = out.toAbsolutePath();
        Path part = target.resolveSibling("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        // For Ctrl-C, which does not come through the finally below.
        part.toFile().deleteOnExit();
        try {
            try (FileChannel channel = FileChannel.open(part, CREATE_NEW, WRITE)) {
                int[] ascending = Arrays.stream(positions).sorted().distinct().toArray();
                RowWriter writer = new RowWriter(channel, ascending);
                engine.logits(tokens, ascending, chunkTokens == null ? 0 : chunkTokens, writer::write);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Takes the rows of ascending positions and puts each where {@link #positions} asked for it. */
    private final class RowWriter {

        private final FileChannel channel;
        private final int[] ascending;
        private int next;

        RowWriter(FileChannel channel, int[] ascending) {
            this.channel = channel;
            this.ascending = ascending;
        }

        void write(float[] row) {
            ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(row);
            int position = ascending[next++];
            for (int i = 0; i < positions.length; i++) {
                if (positions[i] == position) {
                    writeAt(bytes.rewind(), (long) i * bytes.capacity());
                }
            }
        }

        private void writeAt(ByteBuffer bytes, long offset) {
            try {
                while (bytes.hasRemaining()) {
                    channel.write(bytes, offset + bytes.position());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
