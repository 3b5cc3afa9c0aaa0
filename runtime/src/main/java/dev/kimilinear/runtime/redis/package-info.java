/**
 * Snapshots in Redis; there only where the application has Quarkus' Redis client and asks for it, and nobody else may see this
 * package.
 */
package dev.kimilinear.runtime.redis;
