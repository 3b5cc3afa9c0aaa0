package dev.kimilinear.trainer.model;

import dev.kimilinear.trainer.kernel.Gemm;

/** What the parts of one worker's model share: the matrix products, and room that nobody keeps anything in. */
final class Workspace {

    final Gemm gemm = new Gemm();
    final Buffer a = new Buffer();
    final Buffer b = new Buffer();
    final Buffer c = new Buffer();
    final Buffer d = new Buffer();
    final Buffer e = new Buffer();
    final Buffer f = new Buffer();
}
