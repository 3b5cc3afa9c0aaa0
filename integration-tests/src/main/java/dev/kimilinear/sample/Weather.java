package dev.kimilinear.sample;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;

/** A tool. */
@ApplicationScoped
public class Weather {

    private static final List<String> FORECASTS = List.of("sunny", "rainy", "cloudy", "windy");

    /** Made up, and always the same for a city. */
    @Tool("Returns the weather of a city")
    public String weather(@P("The city") String city) {
        return FORECASTS.get(Math.floorMod(city.hashCode(), FORECASTS.size()));
    }
}
