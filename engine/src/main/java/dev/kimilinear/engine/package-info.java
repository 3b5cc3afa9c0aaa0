/**
 * A Kimi-Linear engine in plain Java: {@code Engine} opens a GGUF file and generates text. The only entry for
 * applications, together with the values in {@code api}.
 */
package dev.kimilinear.engine;
