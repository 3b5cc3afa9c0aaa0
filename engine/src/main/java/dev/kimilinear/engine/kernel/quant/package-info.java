/**
 * Weight formats: one file a format, with its layout and its scalar decoder.
 */
package dev.kimilinear.engine.kernel.quant;
