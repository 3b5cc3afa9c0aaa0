package dev.kimilinear.engine;

import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs until this is closed. */
public final class RecordedLog implements AutoCloseable {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            records.add(record);
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };

    public RecordedLog(Class<?> source) {
        // Held, because the log manager keeps loggers weakly, and their handlers with them.
        logger = Logger.getLogger(source.getName());
        logger.addHandler(handler);
    }

    /** What was logged so far. */
    public List<LogRecord> records() {
        return List.copyOf(records);
    }

    /** Texts of warnings and worse, with their parameters in place. */
    public List<String> warnings() {
        return records.stream().filter(record -> record.getLevel().intValue() >= Level.WARNING.intValue())
                .map(record -> MessageFormat.format(record.getMessage(), record.getParameters())).toList();
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
