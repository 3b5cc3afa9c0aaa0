package dev.kimilinear.trainer.data.skill;

/**
 * An argument that tools of a kind may have.
 *
 * @param names a pattern of its name in words; alternatives between slashes go with those of the other arguments
 * @param required whether a call must have it
 * @param type a pattern of its {@link ToolType}
 * @param description a pattern
 * @param mention how a request mentions it at its end, a pattern with {@code {0}} for the value and {@code {1}} for the name
 *        in words; or null if the phrases of the kind mention it
 */
record ToolArgument(String names, boolean required, String type, String description, String mention) {
}
