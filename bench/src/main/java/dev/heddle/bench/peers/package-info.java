/**
 * The echo servers that are measured, each written as its users would write it for speed. A new one
 * is a {@link dev.heddle.bench.peers.Peer} here and a line in {@code dev.heddle.bench.Server}. And
 * what tasks are measured against: Kotlin's coroutines, and virtual threads on one carrier.
 */
@NullMarked
package dev.heddle.bench.peers;

import org.jspecify.annotations.NullMarked;
