package dev.kimilinear.sample;

import jakarta.ws.rs.core.MediaType;

import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/** Every request that fails is answered with a {@link Failure}. */
final class FailureMapper {

    // Quarkus has a mapper of its own for JSON of another shape, which one for all kinds of failures does not replace.
    @ServerExceptionMapper({ Throwable.class, MismatchedInputException.class })
    RestResponse<Failure> failed(Throwable exception) {
        Failure failure = Failure.of(exception);
        return RestResponse.ResponseBuilder.create(RestResponse.Status.fromStatusCode(failure.status()), failure)
                .type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
