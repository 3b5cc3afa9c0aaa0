/**
 * What the pages of Quarkus' Dev UI ask of the models: beans in dev mode only. Nothing here starts a thread; streams run on
 * those of Mutiny and of the engine.
 */
package dev.kimilinear.runtime.devui;
