/**
 * Health checks; there only where the application has SmallRye Health, and nobody else may see this package.
 */
package dev.kimilinear.runtime.health;
