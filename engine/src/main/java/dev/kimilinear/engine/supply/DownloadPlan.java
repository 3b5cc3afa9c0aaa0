package dev.kimilinear.engine.supply;

import java.util.List;

/** What fetching a model would mean. */
public record DownloadPlan(List<PlannedFile> files) {

    /**
     * @param name as the hub or the server has it
     * @param bytes its size
     * @param bytesPresent how much of it is on this machine
     */
    public record PlannedFile(String name, long bytes, long bytesPresent) {
    }

    public long bytesTotal() {
        return files.stream().mapToLong(PlannedFile::bytes).sum();
    }

    public long bytesMissing() {
        return files.stream().mapToLong(file -> file.bytes() - file.bytesPresent()).sum();
    }
}
