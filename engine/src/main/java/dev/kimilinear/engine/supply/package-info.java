/**
 * From what a user names, a model on a Hugging Face hub or a file behind a URL, to a verified file on this machine. Sees
 * {@code api} only. Everything happens on the caller's thread; there is no lock but
 * {@link dev.kimilinear.engine.supply.DownloadLock}, on files.
 */
package dev.kimilinear.engine.supply;
