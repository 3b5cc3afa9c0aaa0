package dev.kimilinear.trainer.data.skill;

/**
 * An argument that every tool of a kind has.
 *
 * @param names a pattern of its name in words; alternatives between slashes go with those of the other argument
 * @param type a pattern of its {@link ToolType}
 * @param description a pattern
 */
record ToolArgument(String names, String type, String description) {
}
