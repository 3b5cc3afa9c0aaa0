package dev.kimilinear.runtime.devui;

import java.io.IOException;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;

/** Values as the Dev UI reads and writes them: a mapper of its own that leaves out nulls and knows moments of time. */
final class DevUiJson {

    private static final ObjectMapper MAPPER = new ObjectMapper().setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL)
            .registerModule(new SimpleModule().addSerializer(Instant.class, new InstantAsText()));

    private DevUiJson() {
    }

    static <T> T read(Object value, Class<T> type) {
        return MAPPER.convertValue(value, type);
    }

    static JsonNode write(Object value) {
        return MAPPER.valueToTree(value);
    }

    private static final class InstantAsText extends StdSerializer<Instant> {

        private static final long serialVersionUID = 1L;

        InstantAsText() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(value.toString());
        }
    }
}
