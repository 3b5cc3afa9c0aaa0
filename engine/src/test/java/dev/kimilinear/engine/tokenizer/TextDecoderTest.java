package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.Fixtures;

/** On the embedded model, whose tokens 0 to 255 are the bytes. */
class TextDecoderTest {

    private static final Tokenizer TOKENIZER = RecordedStringsTest.tokenizer(Fixtures.project("tokenizer/vocabulary.gguf"));

    @ParameterizedTest
    @ValueSource(strings = { "😀", "漢", "👨‍👩‍👧‍👦 家族 ", "中文，。!aé", "e\u0301\uD83C\uDFF4\uDB40\uDC67" })
    void fourKibibytesArriveInWholeCharactersAndByteForByte(String part) {
        String text = part.repeat(4096 / part.getBytes(StandardCharsets.UTF_8).length + 1);
        TextDecoder decoder = TOKENIZER.decoder(false);
        StringBuilder received = new StringBuilder();
        for (int id : TOKENIZER.encode(text, false)) {
            String characters = decoder.accept(id);
            assertThat(characters).doesNotContain("\uFFFD");
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(characters)).as("no half of a pair").isTrue();
            received.append(characters);
            // What has arrived is a beginning of the text: nothing comes twice, late or out of order.
            assertThat(text).startsWith(received);
        }
        assertThat(decoder.finish()).isEmpty();
        assertThat(received.toString().getBytes(StandardCharsets.UTF_8)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCharacterComesWithItsLastByte() {
        TextDecoder decoder = TOKENIZER.decoder(false);

        assertThat(decoder.accept(0xF0)).isEmpty();
        assertThat(decoder.accept(0x9F)).isEmpty();
        assertThat(decoder.accept(0x98)).isEmpty();
        assertThat(decoder.accept(0x80)).isEqualTo("😀");
        assertThat(decoder.accept('a')).isEqualTo("a");
    }

    @Test
    void bytesThatAreNoCharacterAreReplacedAsSoonAsThatIsKnown() {
        TextDecoder decoder = TOKENIZER.decoder(false);

        assertThat(decoder.accept(0x80)).isEqualTo("\uFFFD");
        assertThat(decoder.accept(0xE6)).isEmpty();
        assertThat(decoder.accept('a')).isEqualTo("\uFFFDa");
        assertThat(decoder.accept(0xFF)).isEqualTo("\uFFFD");
    }

    @Test
    void whatIsLeftAtTheEndIsOneReplacementAndTheDecoderIsAsNew() {
        TextDecoder decoder = TOKENIZER.decoder(false);
        decoder.accept(0xF0);
        decoder.accept(0x9F);

        assertThat(decoder.finish()).isEqualTo("\uFFFD");
        assertThat(decoder.finish()).isEmpty();
        assertThat(decoder.accept('a')).isEqualTo("a");
    }

    @Test
    void controlTokensAreShownOnRequestAndDoNotComeBetweenTheBytesOfACharacter() {
        int end = TOKENIZER.id("<|im_end|>").orElseThrow();
        TextDecoder hiding = TOKENIZER.decoder(false);
        TextDecoder showing = TOKENIZER.decoder(true);

        assertThat(hiding.accept(end)).isEmpty();
        assertThat(showing.accept(end)).isEqualTo("<|im_end|>");
        assertThat(hiding.accept(0xC3) + hiding.accept(end) + hiding.accept(0xA9)).isEqualTo("é");
    }

    @Test
    void streamingAnyTokensGivesTheTextOfTheWhole() {
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            boolean render = random.nextBoolean();
            // Half of them bytes, so that characters break in all ways.
            int[] ids = random.ints(random.nextInt(30), 0, random.nextBoolean() ? 256 : TOKENIZER.size()).toArray();
            TextDecoder decoder = TOKENIZER.decoder(render);
            StringBuilder streamed = new StringBuilder();
            for (int id : ids) {
                streamed.append(decoder.accept(id));
            }
            streamed.append(decoder.finish());
            assertThat(streamed.toString()).isEqualTo(TOKENIZER.decode(ids, render));
        }
    }

    @Test
    void anIdThatTheVocabularyLacksIsRefused() {
        TextDecoder decoder = TOKENIZER.decoder(false);

        assertThatThrownBy(() -> decoder.accept(1024)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1024").hasMessageContaining("0 to 1023");
        assertThatThrownBy(() -> decoder.accept(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
