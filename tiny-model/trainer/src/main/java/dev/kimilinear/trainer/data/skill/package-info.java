/** The kinds of task that the tiny model learns. */
package dev.kimilinear.trainer.data.skill;
