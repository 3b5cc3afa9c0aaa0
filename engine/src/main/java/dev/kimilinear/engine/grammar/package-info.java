/**
 * Answers that are valid by construction: grammars in GBNF and JSON schemas, as automata over bytes, and the tokens of a
 * vocabulary that they allow next. Sees {@code tokenizer} and {@code api}.
 */
package dev.kimilinear.engine.grammar;
