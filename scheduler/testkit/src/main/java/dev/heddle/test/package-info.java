/**
 * Tests of tasks on a time of their own, with choices that a seed decides: minutes pass at once,
 * and what has failed is run again, choice by choice.
 *
 * <pre>{@code
 * TestScheduler.run(co -> {
 *   co.await(Timers.sleep(Duration.ofMinutes(5))); // takes no time
 * });
 * }</pre>
 *
 * <p>Whatever is not decided by the program itself is decided by one door: {@link Choices}. The
 * time is one {@link VirtualClock}. A {@link Simulation} has both.
 */
@NullMarked
package dev.heddle.test;

import org.jspecify.annotations.NullMarked;
