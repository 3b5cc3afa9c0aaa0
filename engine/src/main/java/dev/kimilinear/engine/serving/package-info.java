/**
 * The owner thread, the queue, the form of answers, and the way of text to listeners. Sees {@code serving.snapshot},
 * {@code model}, {@code sampling}, {@code grammar}, {@code tokenizer} and {@code chat}. Each class says which thread it belongs
 * to: requests are confined to the owner thread, what callers hold is thread-safe, listeners are called on a virtual thread of
 * their own.
 */
package dev.kimilinear.engine.serving;
