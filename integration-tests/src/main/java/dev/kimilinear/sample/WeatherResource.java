package dev.kimilinear.sample;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;

import org.jboss.resteasy.reactive.RestStreamElementType;

import dev.kimilinear.sample.ChatResource.Done;
import dev.kimilinear.sample.ChatResource.Piece;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.service.tool.ToolExecution;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent.PartialResponseEvent;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent.PartialToolCallEvent;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent.ToolExecutedEvent;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;

/** Questions about the weather, whose answers a tool helps with, as server-sent events. */
@Path("/api/weather")
public class WeatherResource {

    /**
     * A piece of a call that the model is writing.
     *
     * @param index of the call within the answer
     */
    public record CallPiece(int index, String id, String name, String arguments) {
    }

    /** A call that was carried out. */
    public record Call(String id, String name, String arguments, String result) {
    }

    private final WeatherAssistant assistant;

    WeatherResource(WeatherAssistant assistant) {
        this.assistant = assistant;
    }

    /**
     * Events {@code call-piece} and {@code call}, unnamed ones with a piece of text, then one {@code done} or {@code error}.
     */
    @POST
    @Consumes(MediaType.TEXT_PLAIN)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RestStreamElementType(MediaType.APPLICATION_JSON)
    @Blocking // the template is rendered and tokenised on this thread
    public Multi<OutboundSseEvent> ask(String question, @Context Sse sse) {
        if (question.isBlank()) {
            throw new BadRequestException("Expected a question, found an empty body.");
        }
        return assistant.ask(question)
                .onItem().transformToMultiAndConcatenate(event -> told(event, sse))
                .onCompletion().continueWith(named("done", new Done(), sse))
                .onFailure().recoverWithItem(failure -> named("error", Failure.of(failure), sse));
    }

    private static Multi<OutboundSseEvent> told(ChatEvent event, Sse sse) {
        return switch (event) {
            case PartialToolCallEvent written -> Multi.createFrom()
                    .item(named("call-piece", piece(written.getPartialToolCall()), sse));
            case ToolExecutedEvent executed -> Multi.createFrom().item(named("call", call(executed.getExecution()), sse));
            case PartialResponseEvent text -> Multi.createFrom()
                    .item(sse.newEventBuilder().data(new Piece(text.getChunk())).build());
            default -> Multi.createFrom().empty();
        };
    }

    private static CallPiece piece(PartialToolCall call) {
        return new CallPiece(call.index(), call.id(), call.name(), call.partialArguments());
    }

    private static Call call(ToolExecution execution) {
        ToolExecutionRequest request = execution.request();
        return new Call(request.id(), request.name(), request.arguments(), execution.result());
    }

    private static OutboundSseEvent named(String name, Object data, Sse sse) {
        return sse.newEventBuilder().name(name).data(data).build();
    }
}
