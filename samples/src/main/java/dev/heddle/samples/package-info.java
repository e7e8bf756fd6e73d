/**
 * Heddle's samples: one file, one idea.
 *
 * <p>A sample is a command of {@code heddle.jar}. Its header says what you will see, {@link
 * dev.heddle.samples.Recipe} where the idea is from, and a test runs it and checks what it prints.
 * {@link dev.heddle.samples.Heddle} is the program around them.
 */
@NullMarked
package dev.heddle.samples;

import org.jspecify.annotations.NullMarked;
