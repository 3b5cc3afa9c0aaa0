package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;

@Timeout(120)
class SharedEnginesTest {

    private static final EngineOptions OPTIONS = EngineOptions.defaults().withThreads(1);
    private static final GenerationRequest CAPITAL = GenerationRequest
            .of(Prompt.chat(ChatTurn.user("What is the capital of France?")));
    private static final GenerationRequest ENDLESS = CAPITAL.withIgnoreEndOfGeneration(true);

    @TempDir
    Path folder;

    /** One that no other test has. */
    private Path model() throws Exception {
        return Files.copy(Fixtures.embeddedModel(), folder.resolve("shared.gguf"));
    }

    @Test
    void oneFileWithOneSetOfOptionsIsOpenOnce() throws Exception {
        Path file = model();
        Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), file);
        try (Engine first = SharedEngines.open(file, OPTIONS)) {
            long mappings = EngineTest.mappings(file);
            assertThat(mappings).isPositive();
            try (Engine second = SharedEngines.open(link, EngineOptions.defaults().withThreads(1))) {
                assertThat(EngineTest.mappings(file)).isEqualTo(mappings);
                assertThat(second.submit(CAPITAL, GenerationListener.silent()).await())
                        .isEqualTo(first.submit(CAPITAL, GenerationListener.silent()).await());
                assertThat(second.stats().completed()).as("of both").isEqualTo(2);
            }
            try (Engine other = SharedEngines.open(file, OPTIONS.withContextTokens(256))) {
                assertThat(other.model().contextTokens()).isEqualTo(256);
                assertThat(EngineTest.mappings(file)).isGreaterThan(mappings);
            }
        }
        assertThat(EngineTest.mappings(file)).isZero();
    }

    /** In the cache of the hub a model is a link, and what it leads to has another name. */
    @Test
    void aLinkIsOpenedByItsName() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.gguf"), model());
        try (Engine engine = SharedEngines.open(link, OPTIONS)) {
            assertThat(engine.model().file()).isEqualTo(link);
        }
    }

    @Test
    void whoClosesEndsHisOwnRequestsOnly() throws Exception {
        Path file = model();
        Engine first = SharedEngines.open(file, OPTIONS);
        Engine second = SharedEngines.open(file, OPTIONS);
        Generation ofFirst = first.submit(ENDLESS, GenerationListener.silent());
        Generation ofSecond = second.submit(ENDLESS, GenerationListener.silent());

        first.close();
        first.close();

        assertThatThrownBy(ofFirst::await).isInstanceOf(CancellationException.class);
        assertThat(first.health().running()).isFalse();
        assertThatExceptionOfType(EngineClosedException.class)
                .isThrownBy(() -> first.submit(CAPITAL, GenerationListener.silent()));
        assertThatExceptionOfType(EngineClosedException.class)
                .isThrownBy(() -> first.logits(new int[] { 1 }, new int[] { 0 }, 0, row -> {
                }));
        assertThat(ofSecond.status().ended()).isFalse();
        assertThat(second.health().running()).isTrue();
        assertThat(second.submit(CAPITAL, GenerationListener.silent()).await().text()).contains("Paris");

        second.close();

        assertThatThrownBy(ofSecond::await).isInstanceOf(EngineClosedException.class);
        assertThat(EngineTest.mappings(file)).isZero();
    }

    @Test
    void whoCancelsAllCancelsHisOwn() throws Exception {
        Path file = model();
        try (Engine first = SharedEngines.open(file, OPTIONS); Engine second = SharedEngines.open(file, OPTIONS)) {
            Generation ofFirst = first.submit(ENDLESS, GenerationListener.silent());
            Generation ofSecond = second.submit(ENDLESS, GenerationListener.silent());

            first.cancelAll();

            assertThatThrownBy(ofFirst::await).isInstanceOf(CancellationException.class);
            assertThat(ofSecond.status().ended()).isFalse();
            assertThat(first.submit(CAPITAL, GenerationListener.silent()).await().text()).contains("Paris");
        }
    }

    @Test
    void aFileThatWasReplacedIsAnotherModel() throws Exception {
        Path file = model();
        try (Engine first = SharedEngines.open(file, OPTIONS)) {
            Path other = Files.copy(file, folder.resolve("other.gguf"));
            Files.setLastModifiedTime(other, FileTime.fromMillis(1));
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            try (Engine second = SharedEngines.open(file, OPTIONS)) {
                second.submit(CAPITAL, GenerationListener.silent()).await();
                assertThat(first.stats().completed()).isZero();
            }
        }
    }

    @Test
    void afterTheLastItIsOpenedAgain() throws Exception {
        Path file = model();
        SharedEngines.open(file, OPTIONS).close();
        try (Engine again = SharedEngines.open(file, OPTIONS)) {
            assertThat(again.submit(CAPITAL, GenerationListener.silent()).await().text()).contains("Paris");
        }
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> SharedEngines.open(folder.resolve("absent.gguf"), OPTIONS))
                .withMessageContaining("absent.gguf");
    }
}
