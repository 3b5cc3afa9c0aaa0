/**
 * From logits to one token id. One class a rule, in one documented order. Sees {@code api}.
 */
package dev.kimilinear.engine.sampling;
