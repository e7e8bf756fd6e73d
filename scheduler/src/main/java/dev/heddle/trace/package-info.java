/**
 * Looking at a scheduler from aside: what it is doing, for people and for programs.
 *
 * <p>The look itself is {@link dev.heddle.scheduler.Scheduler#dump}, as only the scheduler can see
 * its tasks; its text is there too. Here stands what is made of it for others.
 */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;
