/**
 * The public types of the extension: LangChain4j's blocking and streaming chat model on a Kimi-Linear engine, and the
 * request parameters they understand beyond the common ones. Usable without Quarkus' configuration through their
 * builders; an engine is shared by giving the same one to several builders.
 */
package dev.kimilinear;
