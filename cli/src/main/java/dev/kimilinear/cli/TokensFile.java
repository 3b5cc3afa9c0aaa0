package dev.kimilinear.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A file that holds a JSON array of token ids.
 *
 * @param file where it lies
 * @param ids its content, at least one id, none negative
 */
record TokensFile(Path file, int[] ids) {

    /** @throws InputException if the file cannot be read or holds anything else */
    static TokensFile read(Path file) {
        JsonNode root;
        try {
            root = Json.MAPPER.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new InputException("Tokens file \"" + file + "\" is not JSON: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw InputException.of("Tokens file \"" + file + "\" cannot be read", e);
        }
        if (!root.isArray() || root.isEmpty()) {
            throw new InputException("Tokens file \"" + file + "\" holds "
                    + (root.isArray() ? "an empty array" : describe(root)) + ", expected a JSON array of token ids.");
        }
        int[] ids = new int[root.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = root.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
                throw new InputException("Tokens file \"" + file + "\" holds " + id + " at index " + i
                        + ", expected a token id: a whole number from 0.");
            }
            ids[i] = id.intValue();
        }
        return new TokensFile(file, ids);
    }

    /** @throws InputException if an id is not in a vocabulary of that size */
    void check(int vocabularySize) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] >= vocabularySize) {
                throw new InputException("Tokens file \"" + file + "\" holds token id " + ids[i] + " at index " + i
                        + ", but the model's vocabulary ends at " + (vocabularySize - 1) + ".");
            }
        }
    }

    private static String describe(JsonNode node) {
        return node.isMissingNode() ? "nothing" : "JSON of type " + node.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
