/**
 * Threads for calls that block. Not exported: for {@code dev.heddle.net} and {@code
 * dev.heddle.process}.
 */
@NullMarked
package dev.heddle.net.blocking;

import org.jspecify.annotations.NullMarked;
