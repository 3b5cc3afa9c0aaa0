package dev.kimilinear.sample;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.jboss.resteasy.reactive.RestStreamElementType;

import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.Result;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;

/** The conversation over HTTP: a whole answer as JSON, or its pieces as server-sent events. */
@Path("/api/chat")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class ChatResource {

    static final String EXPECTED = "Expected {\"session\": \"..\", \"message\": \"..\"}, both with text in them.";

    /** The longest name of a conversation, in characters. */
    private static final int LONGEST_SESSION = 100;

    /**
     * @param session names the conversation, chosen by the client
     * @param message what the user says
     */
    public record Question(String session, String message) {
    }

    /**
     * @param answer what the model says
     * @param finishReason {@code STOP} if the model ended its turn, {@code LENGTH} if it was cut
     * @param inputTokens tokens that the model read, the earlier turns included
     * @param outputTokens tokens that it wrote
     */
    public record Answer(String answer, String finishReason, int inputTokens, int outputTokens) {
    }

    /** In JSON, so that line breaks and leading blanks survive the event stream. */
    public record Piece(String text) {
    }

    /** The last event of a whole answer; a stream that ends without it was cut off. */
    public record Done() {
    }

    private final Conversations conversations;

    ChatResource(Conversations conversations) {
        this.conversations = conversations;
    }

    @POST
    public Answer answer(Question question) {
        check(question);
        Result<String> result = conversations.answer(question.session(), question.message());
        TokenUsage usage = result.tokenUsage();
        return new Answer(result.content(), result.finishReason().name(), usage.inputTokenCount(), usage.outputTokenCount());
    }

    /**
     * Unnamed events with a piece of text each, then one {@code done} or {@code error}. Closing the connection stops the
     * model.
     */
    @POST
    @Path("/stream")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Blocking // the template is rendered and tokenised on this thread
    public Multi<OutboundSseEvent> stream(Question question, @Context Sse sse) {
        check(question);
        return conversations.stream(question.session(), question.message())
                .map(text -> sse.newEventBuilder().data(new Piece(text)).build())
                .onCompletion().continueWith(event(sse, "done", new Done()))
                .onFailure().recoverWithItem(failure -> event(sse, "error", Failure.of(failure)));
    }

    /** Forgets the conversation. */
    @DELETE
    @Path("/{session}")
    @Consumes(MediaType.WILDCARD)
    public void end(@PathParam("session") String session) {
        conversations.end(session);
    }

    private static void check(Question question) {
        if (question == null || isBlank(question.session()) || isBlank(question.message())) {
            throw new BadRequestException(EXPECTED);
        }
        if (question.session().length() > LONGEST_SESSION) {
            throw new BadRequestException("\"session\" has " + question.session().length()
                    + " characters, expected at most " + LONGEST_SESSION + ".");
        }
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static OutboundSseEvent event(Sse sse, String name, Object data) {
        return sse.newEventBuilder().name(name).data(data).build();
    }
}
