/**
 * From a conversation to prompt tokens: the file's own Jinja template, and content that cannot forge a turn. Sees
 * {@code tokenizer}, {@code gguf} and {@code api}.
 */
package dev.kimilinear.engine.chat;
