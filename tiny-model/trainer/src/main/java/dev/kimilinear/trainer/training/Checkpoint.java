package dev.kimilinear.trainer.training;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import dev.kimilinear.trainer.model.Parameter;
import dev.kimilinear.trainer.model.Parameters;

/**
 * A run's state in a file: options, steps, parameters, router biases and the optimizer's averages. A run that goes on from it
 * ends with the same bits as one that was never interrupted.
 */
public final class Checkpoint {

    private static final int MAGIC = 0x4B4C5443;

    private Checkpoint() {
    }

    /** Writes the state; a crash in the middle leaves the file before. */
    public static void write(Trainer trainer, Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part), 1 << 20))) {
            out.writeInt(MAGIC);
            out.writeUTF(trainer.options().toString());
            out.writeInt(trainer.steps());
            Parameters parameters = trainer.parameters();
            int index = 0;
            for (Parameter parameter : parameters.all()) {
                write(parameter.values(), out);
                for (float[] averages : trainer.optimizer().averages(index++)) {
                    write(averages, out);
                }
            }
            for (int block : parameters.blocksWithExperts()) {
                write(parameters.routerBias(block), out);
            }
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Puts a trainer into the state of a file.
     *
     * @throws IOException if the file is no checkpoint, is damaged, or belongs to a run with other options
     */
    public static void read(Trainer trainer, Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            if (in.readInt() != MAGIC) {
                throw new IOException(file + " is no checkpoint of a training run");
            }
            String options = in.readUTF();
            if (!options.equals(trainer.options().toString())) {
                throw new IOException(file + " belongs to a run with other options: found " + options + ", expected "
                        + trainer.options() + ". Choose another folder, or delete the file to begin anew");
            }
            trainer.steps(in.readInt());
            Parameters parameters = trainer.parameters();
            int index = 0;
            for (Parameter parameter : parameters.all()) {
                read(parameter.values(), in);
                for (float[] averages : trainer.optimizer().averages(index++)) {
                    read(averages, in);
                }
            }
            for (int block : parameters.blocksWithExperts()) {
                read(parameters.routerBias(block), in);
            }
        }
    }

    private static void write(float[] values, DataOutputStream out) throws IOException {
        out.writeInt(values.length);
        for (float value : values) {
            out.writeFloat(value);
        }
    }

    private static void read(float[] values, DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length != values.length) {
            throw new IOException("A tensor has " + length + " values, expected " + values.length);
        }
        for (int i = 0; i < length; i++) {
            values[i] = in.readFloat();
        }
    }
}
