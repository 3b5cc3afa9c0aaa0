/**
 * The owner thread, the queue, and the way of text to listeners. Sees {@code model}, {@code sampling}, {@code chat}.
 */
package dev.kimilinear.engine.serving;
