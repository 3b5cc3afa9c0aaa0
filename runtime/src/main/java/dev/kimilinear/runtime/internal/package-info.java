/**
 * The Quarkus glue at run time: the recorder that creates the beans, the engines of the application and the files they
 * open. The only package of the runtime half that may hold locks.
 */
package dev.kimilinear.runtime.internal;
