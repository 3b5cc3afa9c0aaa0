/** Tests that take minutes: {@code ./verify --soak} runs them, and nothing else does. */
package dev.kimilinear.engine.soak;
