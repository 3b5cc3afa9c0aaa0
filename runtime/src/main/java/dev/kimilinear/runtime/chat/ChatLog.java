package dev.kimilinear.runtime.chat;

import org.jboss.logging.Logger;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;

/** Writes requests and responses to the log where that is asked for; both may hold what users typed. */
public final class ChatLog {

    private static final Logger LOG = Logger.getLogger(ChatLog.class);

    private final boolean requests;
    private final boolean responses;

    public ChatLog(boolean requests, boolean responses) {
        this.requests = requests;
        this.responses = responses;
    }

    public void request(ChatRequest request) {
        if (requests) {
            LOG.infof("Request: %s", request);
        }
    }

    void response(ChatResponse response) {
        if (responses) {
            LOG.infof("Response: %s", response);
        }
    }

    void error(Throwable error) {
        if (responses) {
            LOG.infof("Response: failed with %s", error);
        }
    }

    void cancelled(String id) {
        if (responses) {
            LOG.infof("Response: %s cancelled", id);
        }
    }
}
