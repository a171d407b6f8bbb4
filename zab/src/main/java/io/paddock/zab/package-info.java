/**
 * Layer 1: atomic broadcast over opaque transaction bytes, as values and functions. No threads, no
 * clock, no sockets, no files: inputs come in by method calls, what is to be done goes out through
 * {@link io.paddock.zab.Effects}.
 */
package io.paddock.zab;
