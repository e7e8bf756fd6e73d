/**
 * What a scheduler tells about itself in numbers. Plain values, which know nothing of tasks: the
 * kernel makes them, {@code trace} shows them.
 */
@NullMarked
package dev.heddle.stats;

import org.jspecify.annotations.NullMarked;
