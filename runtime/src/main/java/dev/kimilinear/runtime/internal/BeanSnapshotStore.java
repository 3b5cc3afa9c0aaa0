package dev.kimilinear.runtime.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;

/**
 * The store that is a bean of the application, looked up whenever it is used: engines open before beans, such as a Redis
 * client, can work, and in dev mode they outlive them.
 */
final class BeanSnapshotStore implements SnapshotStore {

    private static SnapshotStore bean() {
        ArcContainer container = Arc.container();
        if (container == null || !container.isRunning()) {
            throw new IllegalStateException("The application has stopped, and its snapshot store with it");
        }
        return container.select(SnapshotStore.class).get();
    }

    @Override
    public Collection<SnapshotKey> keys(String model) throws IOException {
        return bean().keys(model);
    }

    @Override
    public Optional<InputStream> load(SnapshotKey key) throws IOException {
        return bean().load(key);
    }

    @Override
    public void used(SnapshotKey key) {
        bean().used(key);
    }

    @Override
    public void save(SnapshotKey key, long bytes, Content content) throws IOException {
        bean().save(key, bytes, content);
    }
}
