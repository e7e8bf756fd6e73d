/**
 * A scheduler's numbers for Micrometer. No other class of Heddle names this package: without {@code
 * micrometer-core} it is never loaded.
 */
@NullMarked
package dev.heddle.micrometer;

import org.jspecify.annotations.NullMarked;
