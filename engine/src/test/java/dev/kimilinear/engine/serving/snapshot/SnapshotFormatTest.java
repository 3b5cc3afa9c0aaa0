package dev.kimilinear.engine.serving.snapshot;

import static dev.kimilinear.engine.serving.snapshot.States.tokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.serving.snapshot.SnapshotFormat.Unusable;

class SnapshotFormatTest {

    private static final States STATES = new States();
    private static final byte[] FINGERPRINT = new byte[32];
    private static final int TOKENS = 300;
    private static final Snapshot SNAPSHOT = STATES.snapshot(tokens(7, TOKENS));

    private static byte[] written;

    @BeforeAll
    static void write() throws IOException {
        new Random(1).nextBytes(FINGERPRINT);
        written = write(SNAPSHOT);
    }

    @AfterAll
    static void close() {
        STATES.close();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Snapshot read = read(written);

        assertThat(read.tokens()).isEqualTo(SNAPSHOT.tokens());
        assertThat(read.logits()).isNull();
        assertThat(read.state().position()).isEqualTo(TOKENS);
        assertThat(States.bytes(read.state())).isEqualTo(States.bytes(SNAPSHOT.state()));
        assertThat(write(read)).isEqualTo(written);
    }

    @Test
    void itsSizeIsKnownBefore() throws IOException {
        for (int n : new int[] { 1, 127, 128, 129, 300 }) {
            Snapshot snapshot = STATES.snapshot(tokens(1, n));
            assertThat(SnapshotFormat.bytes(snapshot)).isEqualTo(write(snapshot).length);
        }
    }

    @Test
    void aStreamThatGivesLittleAtATimeIsReadToo() throws IOException {
        Snapshot read = SnapshotFormat.read(new ByteArrayInputStream(written) {
            @Override
            public int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, 1000));
            }
        }, FINGERPRINT, STATES::empty, TOKENS);

        assertThat(States.bytes(read.state())).isEqualTo(States.bytes(SNAPSHOT.state()));
    }

    @Test
    void everyFlippedBitIsNoticed() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = written.clone();
            // The header, and any other place.
            int at = i < 60 ? i : random.nextInt(damaged.length);
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> read(damaged)).as("byte %d", at).isInstanceOf(Unusable.class);
        }
    }

    @Test
    void everyCutIsNoticed() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            int length = i < 60 ? i : random.nextInt(written.length);
            assertThatThrownBy(() -> read(Arrays.copyOf(written, length))).as("%d bytes", length)
                    .isInstanceOf(Unusable.class).hasMessage("it ends before its end");
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(written, written.length + 1))).isInstanceOf(Unusable.class)
                .hasMessage("it goes on behind its end");
    }

    @Test
    void anotherModelIsNamed() {
        byte[] other = FINGERPRINT.clone();
        other[31]++;

        assertThatThrownBy(() -> SnapshotFormat.read(new ByteArrayInputStream(written), other, STATES::empty, TOKENS))
                .isInstanceOf(Unusable.class).hasMessageStartingWith("it was made by model ");
    }

    @Test
    void moreTokensThanTheContextHasAreRefusedBeforeMemoryIsTaken() {
        assertThatThrownBy(() -> SnapshotFormat.read(new ByteArrayInputStream(written), FINGERPRINT, () -> {
            throw new AssertionError("a state was made");
        }, TOKENS - 1)).isInstanceOf(Unusable.class).hasMessage("it has 300 tokens, expected 1 to 299");
    }

    private static byte[] write(Snapshot snapshot) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SnapshotFormat.write(snapshot, FINGERPRINT, out);
        return out.toByteArray();
    }

    private static Snapshot read(byte[] bytes) throws IOException {
        return SnapshotFormat.read(new ByteArrayInputStream(bytes), FINGERPRINT, STATES::empty, TOKENS);
    }
}
