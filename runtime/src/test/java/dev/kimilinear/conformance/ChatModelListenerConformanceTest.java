package dev.kimilinear.conformance;

import java.util.List;

import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelListenerIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;

/** LangChain4j's own tests of what a chat model tells its listeners. */
class ChatModelListenerConformanceTest extends AbstractChatModelListenerIT {

    @Override
    protected ChatModel createModel(ChatModelListener listener) {
        return EmbeddedModel.blocking().temperature(temperature()).topP(topP()).maxOutputTokens(maxTokens())
                .listeners(List.of(listener)).build();
    }

    @Override
    protected String modelName() {
        return EmbeddedModel.name();
    }

    @Override
    protected ChatModel createFailingModel(ChatModelListener listener) {
        return EmbeddedModel.blocking().engine(EmbeddedModel.closed()).listeners(List.of(listener)).build();
    }

    @Override
    protected Class<? extends Exception> expectedExceptionClass() {
        return NonRetriableException.class;
    }
}
