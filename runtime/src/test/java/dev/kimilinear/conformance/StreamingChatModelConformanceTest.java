package dev.kimilinear.conformance;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.atLeastOnce;

import java.util.List;

import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.InOrder;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;

/** LangChain4j's own tests of a streaming chat model. Images are the one feature that is off: the model reads text only. */
@ExtendWith(KnownGap.class)
class StreamingChatModelConformanceTest extends AbstractStreamingChatModelIT {

    @Override
    protected List<StreamingChatModel> models() {
        return List.of(EmbeddedModel.streaming().build());
    }

    @Override
    protected StreamingChatModel createModelWith(ChatRequestParameters parameters) {
        return EmbeddedModel.streaming().defaultRequestParameters(parameters).build();
    }

    @Override
    public StreamingChatModel createModelWith(ChatModelListener listener) {
        return EmbeddedModel.streaming().listeners(List.of(listener)).build();
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String id) {
        verifyCall(handler, order, 0, id);
    }

    @Override
    protected void verifyToolCallbacks(StreamingChatResponseHandler handler, InOrder order, String first, String second) {
        verifyCall(handler, order, 0, first);
        verifyCall(handler, order, 1, second);
    }

    /** Text may come before; then pieces of the arguments, then the whole call. The suite compares the pieces with it. */
    private static void verifyCall(StreamingChatResponseHandler handler, InOrder order, int index, String id) {
        order.verify(handler, atLeast(0)).onPartialResponse(any(), any());
        order.verify(handler, atLeastOnce()).onPartialToolCall(argThat(piece -> piece.index() == index), any());
        order.verify(handler).onCompleteToolCall(
                argThat(call -> call.index() == index && call.toolExecutionRequest().id().equals(id)));
    }

    /** An engine has one model. */
    @Override
    protected boolean supportsModelNameParameter() {
        return false;
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return EmbeddedModel.parameters(maxOutputTokens);
    }

    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    @Override
    protected boolean supportsMultipleImageInputsAsBase64EncodedStrings() {
        return false;
    }

    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    @Override
    protected boolean supportsMultipleImageInputsAsPublicURLs() {
        return false;
    }

    @Override
    protected ImageContent catImageContentBase64() {
        return EmbeddedModel.image();
    }
}
