/**
 * The configuration, {@code quarkus.langchain4j.kimi-linear.*}: what is fixed at build time apart from what is read at
 * run time. Every key declares its default here and says its unit and range; checks are in
 * {@link dev.kimilinear.runtime.internal.ChatModelSettings}.
 */
package dev.kimilinear.runtime.config;
