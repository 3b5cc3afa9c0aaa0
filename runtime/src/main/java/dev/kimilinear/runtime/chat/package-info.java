/**
 * Between LangChain4j's words and the engine's: messages and parameters to a generation request, a result to a chat
 * response, errors by type, and the callbacks of one stream. Sees LangChain4j and the engine, never Quarkus.
 */
package dev.kimilinear.runtime.chat;
