package dev.kimilinear.runtime.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import io.quarkus.arc.Arc;

/**
 * The store that is a bean of the application, looked up when it is first used: engines open before beans, such as a Redis
 * client, can work.
 */
final class BeanSnapshotStore implements SnapshotStore {

    private volatile SnapshotStore bean;

    private SnapshotStore bean() {
        SnapshotStore found = bean;
        if (found == null) {
            found = Arc.container().select(SnapshotStore.class).get();
            bean = found;
        }
        return found;
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
