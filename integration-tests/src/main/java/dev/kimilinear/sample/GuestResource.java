package dev.kimilinear.sample;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import dev.kimilinear.sample.Guests.Guest;

/** From a text to a guest in JSON. */
@Path("/api/guests")
public class GuestResource {

    private final Guests guests;

    GuestResource(Guests guests) {
        this.guests = guests;
    }

    @POST
    @Consumes(MediaType.TEXT_PLAIN)
    @Produces(MediaType.APPLICATION_JSON)
    public Guest read(String text) {
        if (text.isBlank()) {
            throw new BadRequestException("Expected a text that tells of a guest, found an empty body.");
        }
        return guests.read(text);
    }
}
