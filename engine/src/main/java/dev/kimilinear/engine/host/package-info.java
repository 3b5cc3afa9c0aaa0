/**
 * What the engine asks of the machine it runs on: cores and pages of memory. Nothing here is needed for a right answer:
 * where a system does not say or does not do it, the engine does without. Sees nothing else of the engine.
 */
package dev.kimilinear.engine.host;
