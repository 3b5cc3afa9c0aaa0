package dev.kimilinear.conformance;

import java.util.List;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;

/** LangChain4j's own tests of what a streaming chat model tells its listeners. */
class StreamingChatModelListenerConformanceTest extends AbstractStreamingChatModelListenerIT {

    @Override
    protected StreamingChatModel createModel(ChatModelListener listener) {
        return EmbeddedModel.streaming().temperature(temperature()).topP(topP()).maxOutputTokens(maxTokens())
                .listeners(List.of(listener)).build();
    }

    @Override
    protected String modelName() {
        return EmbeddedModel.name();
    }

    @Override
    protected StreamingChatModel createFailingModel(ChatModelListener listener) {
        return EmbeddedModel.streaming().engine(EmbeddedModel.closed()).listeners(List.of(listener)).build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return NonRetriableException.class;
    }
}
