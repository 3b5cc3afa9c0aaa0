package dev.kimilinear;

import java.util.concurrent.Executor;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;

/**
 * Runs callbacks with the Vert.x context of the request that they belong to, on whatever thread they come: it carries
 * the CDI request scope, the current OpenTelemetry span and the name of the AI service that metrics are tagged with.
 */
record CallerContext(ContextInternal context) implements Executor {

    /** The current thread's context if it belongs to one request alone, else one that does nothing. */
    static Executor capture() {
        Context current = Vertx.currentContext();
        if (current != null && VertxContext.isDuplicatedContext(current)) {
            return new CallerContext((ContextInternal) current);
        }
        return Runnable::run;
    }

    /** Runs in place. Not {@link ContextInternal#dispatch}, which swallows what the callback throws. */
    @Override
    public void execute(Runnable callback) {
        ContextInternal previous = context.beginDispatch();
        try {
            callback.run();
        } finally {
            context.endDispatch(previous);
        }
    }
}
