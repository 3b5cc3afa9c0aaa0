package dev.kimilinear.conformance;

import java.nio.file.Path;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.chat.request.ChatRequestParameters;

/** The embedded model as LangChain4j's published suites test it: greedy, and all its features on. */
final class EmbeddedModel {

    private static final Path FILE = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");

    private static final Engine ENGINE = Engine.open(FILE, EngineOptions.defaults().withThreads(2));

    private EmbeddedModel() {
    }

    static String name() {
        return ENGINE.model().name();
    }

    static KimiLinearChatModel.Builder blocking() {
        return KimiLinearChatModel.builder().engine(ENGINE).temperature(0);
    }

    static KimiLinearStreamingChatModel.Builder streaming() {
        return KimiLinearStreamingChatModel.builder().engine(ENGINE).temperature(0);
    }

    /** An engine that answers every request with an error. */
    static Engine closed() {
        Engine engine = Engine.open(FILE, EngineOptions.defaults());
        engine.close();
        return engine;
    }

    /** Parameters of ours with a limit for the answer. */
    static ChatRequestParameters parameters(int maxOutputTokens) {
        return KimiLinearChatRequestParameters.builder().maxOutputTokens(maxOutputTokens).build();
    }

    /** An image that needs no network. */
    static ImageContent image() {
        return ImageContent.from(
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
                "image/png");
    }
}
