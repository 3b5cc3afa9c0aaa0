package dev.kimilinear.trainer.data;

/** One kind of task. Stateless: everything random comes from the source. */
public interface Skill {

    /** The name that evaluation tables use. */
    String name();

    /**
     * Continues a dialogue with one task, usually one question and its answer. A skill that {@linkplain #opens() opens}
     * dialogues is given an empty one, and may declare tools and a system message.
     */
    void write(Dialogue dialogue, Source source);

    /** True if the task needs a dialogue of its own, from its beginning; false if it may stand anywhere in a chat. */
    default boolean opens() {
        return false;
    }
}
