/**
 * What callers of the engine say and hear: options, requests, the handle of a running generation, results, errors.
 * Plain immutable values; sees no other package of the engine and starts no thread.
 */
package dev.kimilinear.engine.api;
