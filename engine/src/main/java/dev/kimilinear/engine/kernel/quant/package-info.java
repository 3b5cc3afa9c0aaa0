/**
 * Weight formats: one file a format, with its layout and its scalar decoder; and encoders of the formats that are written.
 */
package dev.kimilinear.engine.kernel.quant;
