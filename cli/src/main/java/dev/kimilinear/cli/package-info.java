/**
 * The commands {@code kimi tokenize}, {@code kimi logits} and {@code kimi complete}, for whoever checks or tries the engine
 * from a shell, and {@code kimi fetch}, which puts a model onto the machine. Their options, output and exit codes are stable.
 * Results go to standard output, everything else to standard error.
 */
package dev.kimilinear.cli;
