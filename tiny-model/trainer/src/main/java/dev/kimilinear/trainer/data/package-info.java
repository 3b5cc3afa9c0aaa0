/** Makes the dialogues that the tiny model learns from, out of seeded chance: every text is our own. */
package dev.kimilinear.trainer.data;
