/**
 * The sample application: an AI service with a memory for each conversation, its HTTP interface and a web page, and two
 * small ones with a tool and with an object as the answer. The integration tests of the extension run against it.
 */
package dev.kimilinear.sample;
