package dev.kimilinear.conformance;

import java.util.List;

import org.junit.jupiter.api.extension.ExtendWith;

import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;

/** LangChain4j's own tests of a chat model. Images are the one feature that is off: the model reads text only. */
@ExtendWith(KnownGap.class)
class ChatModelConformanceTest extends AbstractChatModelIT {

    @Override
    protected List<ChatModel> models() {
        return List.of(EmbeddedModel.blocking().build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return EmbeddedModel.blocking().defaultRequestParameters(parameters).build();
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
