package dev.kimilinear.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes GGUF files: metadata of every type, tensors with given or streamed bytes, any alignment, versions 2 and 3, split
 * models. {@link #copyOf} begins with everything that a file holds, for tests that change one thing. Keys and tensors are
 * written in the order in which they were added; one that is added again takes its predecessor's place. Whether a file
 * makes sense is not checked: tests of bad input write wrong ones.
 */
public final class GgufWriter {

    /**
     * A value of metadata: its type, by the number in the file, and its bytes.
     *
     * @param type 0 to 12 as {@link ValueType}
     */
    public record Value(int type, byte[] bytes) {

        public static Value u8(int value) {
            return of(ValueType.U8, value);
        }

        public static Value i8(int value) {
            return of(ValueType.I8, value);
        }

        public static Value u16(int value) {
            return of(ValueType.U16, value);
        }

        public static Value i16(int value) {
            return of(ValueType.I16, value);
        }

        public static Value u32(long value) {
            return of(ValueType.U32, value);
        }

        public static Value i32(int value) {
            return of(ValueType.I32, value);
        }

        public static Value u64(long value) {
            return of(ValueType.U64, value);
        }

        public static Value i64(long value) {
            return of(ValueType.I64, value);
        }

        public static Value f32(float value) {
            return of(ValueType.F32, Float.floatToRawIntBits(value));
        }

        public static Value f64(double value) {
            return of(ValueType.F64, Double.doubleToRawLongBits(value));
        }

        public static Value bool(boolean value) {
            return of(ValueType.BOOL, value ? 1 : 0);
        }

        public static Value string(String value) {
            return new Value(ValueType.STRING.ordinal(), text(value));
        }

        /** An array of values of one type, which may be arrays themselves; {@code elementType} is for the empty array. */
        public static Value array(ValueType elementType, List<Value> elements) {
            Bytes bytes = new Bytes();
            bytes.u32(elementType.ordinal());
            bytes.u64(elements.size());
            for (Value element : elements) {
                bytes.raw(element.bytes);
            }
            return new Value(ValueType.ARRAY.ordinal(), bytes.toByteArray());
        }

        public static Value strings(List<String> elements) {
            return array(ValueType.STRING, elements.stream().map(Value::string).toList());
        }

        public static Value i32s(int... elements) {
            List<Value> values = new ArrayList<>();
            for (int element : elements) {
                values.add(i32(element));
            }
            return array(ValueType.I32, values);
        }

        public static Value f32s(float... elements) {
            List<Value> values = new ArrayList<>();
            for (float element : elements) {
                values.add(f32(element));
            }
            return array(ValueType.F32, values);
        }

        private static Value of(ValueType type, long bits) {
            byte[] bytes = new byte[type.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (bits >>> 8 * i);
            }
            return new Value(type.ordinal(), bytes);
        }
    }

    /** Writes the bytes of one tensor in order, so that a file larger than the heap can be written. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /**
     * @param data {@code null} for streamed content or a hole
     * @param content {@code null} for given data, or for a hole: {@code dataBytes} zeros that take no space on disk
     */
    private record Tensor(String name, int type, long[] shape, byte[] data, Content content, long dataBytes) {
    }

    private final Map<String, Value> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private int version = 3;
    private int alignment = 32;

    /** A writer that holds the metadata and tensors of a model, all parts of a split one, to change some of them. */
    public static GgufWriter copyOf(Path model) {
        GgufWriter writer = new GgufWriter();
        try (GgufFile file = GgufFile.open(model); FileChannel channel = FileChannel.open(file.path())) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(channel.size(), 1 << 26))
                    .order(ByteOrder.LITTLE_ENDIAN);
            channel.read(bytes, 0);
            bytes.position(16);
            long keys = bytes.getLong();
            for (long i = 0; i < keys; i++) {
                byte[] key = new byte[(int) bytes.getLong()];
                bytes.get(key);
                int type = bytes.getInt();
                byte[] value = new byte[valueBytes(bytes, bytes.position(), type)];
                bytes.get(value);
                writer.metadata.put(new String(key, StandardCharsets.UTF_8), new Value(type, value));
            }
            for (TensorInfo tensor : file.tensors()) {
                writer.tensor(tensor.name(), tensor.type(), file.data(tensor).toArray(ValueLayout.JAVA_BYTE),
                        tensor.shape().stream().mapToLong(Long::longValue).toArray());
            }
            writer.alignment = file.metadata().integer("general.alignment", 32);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer;
    }

    private static int valueBytes(ByteBuffer bytes, int at, int type) {
        return switch (ValueType.ofId(type)) {
            case STRING -> 8 + (int) bytes.getLong(at);
            case ARRAY -> arrayBytes(bytes, at);
            default -> ValueType.ofId(type).bytes();
        };
    }

    private static int arrayBytes(ByteBuffer bytes, int at) {
        int elementType = bytes.getInt(at);
        int end = at + 12;
        for (long i = bytes.getLong(at + 4); i > 0; i--) {
            end += valueBytes(bytes, end, elementType);
        }
        return end - at;
    }

    public GgufWriter version(int version) {
        this.version = version;
        return this;
    }

    /** Where data begins and each tensor in it, as a multiple; writes the key unless it is the default 32. */
    public GgufWriter alignment(int alignment) {
        this.alignment = alignment;
        if (alignment != 32) {
            put("general.alignment", Value.u32(alignment));
        }
        return this;
    }

    public GgufWriter put(String key, Value value) {
        metadata.put(key, value);
        return this;
    }

    public GgufWriter put(String key, String value) {
        return put(key, Value.string(value));
    }

    public GgufWriter put(String key, int value) {
        return put(key, Value.u32(value));
    }

    public GgufWriter put(String key, float value) {
        return put(key, Value.f32(value));
    }

    public GgufWriter put(String key, boolean value) {
        return put(key, Value.bool(value));
    }

    public GgufWriter remove(String key) {
        metadata.remove(key);
        return this;
    }

    /** A tensor of F32 weights; the shape is in GGUF order, row length first. */
    public GgufWriter tensor(String name, float[] weights, long... shape) {
        byte[] data = new byte[4 * weights.length];
        MemorySegment.copy(weights, 0, MemorySegment.ofArray(data), LittleEndian.FLOAT, 0, weights.length);
        return tensor(name, GgmlType.F32, data, shape);
    }

    public GgufWriter tensor(String name, GgmlType type, byte[] data, long... shape) {
        return tensor(name, type.id(), data, shape);
    }

    /** A tensor of any type number and shape, whether they fit the data or not. */
    public GgufWriter tensor(String name, int type, byte[] data, long... shape) {
        tensors.put(name, new Tensor(name, type, shape, data, null, data.length));
        return this;
    }

    /**
     * A tensor whose bytes are made while the file is written. Only for {@link #write} and {@link #writeSplit}, which fail
     * with an {@link IllegalStateException} unless the content is exactly as long as type and shape say.
     *
     * @param shape in GGUF order; rows are whole blocks of the type
     */
    public GgufWriter tensor(String name, GgmlType type, Content content, long... shape) {
        long bytes = shape[0] / type.blockElements() * type.blockBytes();
        for (int i = 1; i < shape.length; i++) {
            bytes *= shape[i];
        }
        tensors.put(name, new Tensor(name, type.id(), shape, null, content, bytes));
        return this;
    }

    /** An F32 tensor of zeros that takes no space on disk. Only for {@link #write}. */
    public GgufWriter hole(String name, long... shape) {
        long bytes = 4;
        for (long dimension : shape) {
            bytes *= dimension;
        }
        tensors.put(name, new Tensor(name, GgmlType.F32.id(), shape, null, null, bytes));
        return this;
    }

    public GgufWriter removeTensor(String name) {
        tensors.remove(name);
        return this;
    }

    /** Everything before the data, with the padding behind it: what a file begins with. */
    public byte[] header() {
        return header(metadata, List.copyOf(tensors.values()), alignment);
    }

    /** The whole file. */
    public byte[] toByteArray() {
        Bytes bytes = new Bytes();
        bytes.raw(header());
        for (Tensor tensor : tensors.values()) {
            bytes.pad(alignment);
            bytes.raw(tensor.data);
        }
        return bytes.toByteArray();
    }

    public Path write(Path file) {
        write(file, metadata, List.copyOf(tensors.values()), alignment);
        return file;
    }

    /**
     * Writes {@code STEM-00001-of-0000N.gguf} and so on: an equal share of the tensors in each, metadata in the first. As
     * common tools do, the other parts have no keys but {@code split.*}, thus the default alignment.
     *
     * @return the parts in order
     */
    public List<Path> writeSplit(Path folder, String stem, int parts) {
        List<Path> files = new ArrayList<>();
        List<Tensor> all = List.copyOf(tensors.values());
        for (int part = 0; part < parts; part++) {
            Map<String, Value> keys = part == 0 ? new LinkedHashMap<>(metadata) : new LinkedHashMap<>();
            keys.put("split.no", Value.u16(part));
            keys.put("split.count", Value.u16(parts));
            keys.put("split.tensors.count", Value.i32(all.size()));
            List<Tensor> share = all.subList(all.size() * part / parts, all.size() * (part + 1) / parts);
            Path file = folder.resolve(String.format(Locale.ROOT, "%s-%05d-of-%05d.gguf", stem, part + 1, parts));
            write(file, keys, share, part == 0 ? alignment : 32);
            files.add(file);
        }
        return files;
    }

    private void write(Path file, Map<String, Value> keys, List<Tensor> share, int alignment) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            byte[] header = header(keys, share, alignment);
            channel.write(ByteBuffer.wrap(header), 0);
            long position = header.length;
            for (Tensor tensor : share) {
                position = align(position, alignment);
                if (tensor.data != null) {
                    channel.write(ByteBuffer.wrap(tensor.data), position);
                } else if (tensor.content != null) {
                    stream(tensor, channel.position(position));
                }
                position += tensor.dataBytes;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stream(Tensor tensor, FileChannel channel) throws IOException {
        long start = channel.position();
        tensor.content.writeTo(channel);
        long written = channel.position() - start;
        if (written != tensor.dataBytes) {
            throw new IllegalStateException("The content of tensor \"" + tensor.name + "\" is " + written + " bytes, expected "
                    + tensor.dataBytes + " by its type and shape");
        }
    }

    private byte[] header(Map<String, Value> keys, List<Tensor> share, int alignment) {
        Bytes bytes = new Bytes();
        bytes.raw("GGUF".getBytes(StandardCharsets.US_ASCII));
        bytes.u32(version);
        bytes.u64(share.size());
        bytes.u64(keys.size());
        keys.forEach((key, value) -> {
            bytes.raw(text(key));
            bytes.u32(value.type);
            bytes.raw(value.bytes);
        });
        long offset = 0;
        for (Tensor tensor : share) {
            bytes.raw(text(tensor.name));
            bytes.u32(tensor.shape.length);
            for (long dimension : tensor.shape) {
                bytes.u64(dimension);
            }
            bytes.u32(tensor.type);
            bytes.u64(offset);
            offset = align(offset + tensor.dataBytes, alignment);
        }
        bytes.pad(alignment);
        return bytes.toByteArray();
    }

    private static long align(long position, int alignment) {
        return (position + alignment - 1) / alignment * alignment;
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        Bytes bytes = new Bytes();
        bytes.u64(utf8.length);
        bytes.raw(utf8);
        return bytes.toByteArray();
    }

    private static final class Bytes {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        void u32(int value) {
            for (int i = 0; i < 4; i++) {
                out.write(value >>> 8 * i);
            }
        }

        void u64(long value) {
            u32((int) value);
            u32((int) (value >>> 32));
        }

        void raw(byte[] bytes) {
            out.writeBytes(bytes);
        }

        void pad(int alignment) {
            while (out.size() % alignment != 0) {
                out.write(0);
            }
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }
    }
}
