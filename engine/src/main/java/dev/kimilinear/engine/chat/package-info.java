/**
 * From a conversation to prompt tokens: the file's own Jinja template, and content that cannot forge a turn. And back: what
 * an answer's tokens are held to, and its parts, thinking, text and tool calls. Sees {@code tokenizer}, {@code grammar},
 * {@code sampling}, {@code gguf} and {@code api}.
 */
package dev.kimilinear.engine.chat;
