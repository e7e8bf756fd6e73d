/**
 * Looking at a scheduler from aside: what it is doing, for people and for programs.
 *
 * <p>The look itself is {@link dev.heddle.scheduler.Scheduler#dump}, as only the scheduler can see
 * its tasks; its text is there too. So is the hook for those who want to hear of each turn, {@link
 * dev.heddle.scheduler.SchedulerBuilder#observer}. Here stands what is made of them for others.
 */
@NullMarked
package dev.heddle.trace;

import org.jspecify.annotations.NullMarked;
