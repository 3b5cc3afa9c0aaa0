/**
 * The build steps of the extension: which models the application asks for, their beans, and what packaging and dev mode
 * need. Sees the runtime half; runs while an application is built, never in it.
 */
package dev.kimilinear.deployment;
