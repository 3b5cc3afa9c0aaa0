package dev.kimilinear.runtime.devui;

import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;

import io.quarkus.arc.DefaultBean;

/** Nothing is downloaded. */
@DefaultBean
@ApplicationScoped
public class NoDownloads implements DownloadsView {

    @Override
    public List<Download> downloads() {
        return List.of();
    }

    @Override
    public void cancel(String model) {
        // There is none.
    }

    @Override
    public void retry(String model) {
        // There is none.
    }
}
