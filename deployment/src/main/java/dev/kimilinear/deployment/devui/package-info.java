/** The extension's part of the Dev UI: its card, its pages, and the beans that these ask. Only in local dev mode. */
package dev.kimilinear.deployment.devui;
