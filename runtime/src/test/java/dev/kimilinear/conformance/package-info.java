/** LangChain4j's published suites for providers, run on the embedded model. */
package dev.kimilinear.conformance;
