/**
 * The seam between the kernel and {@code dev.heddle.trace}; the module exports it to the test kit
 * alone, which steers by {@link dev.heddle.scheduler.view.TurnOrder}.
 *
 * <p>{@code trace} stands on {@code scheduler} and shows what a scheduler does. For that it must
 * read more of a task than a user may see: since when it waits, on which engine it runs. {@link
 * dev.heddle.scheduler.view.KernelView} is the list of these reads. The kernel implements it in a
 * package-private class and hands it over when the class {@code Scheduler} is loaded, as the JDK's
 * {@code SharedSecrets} do. No method of it changes anything, but for those by which a {@link
 * dev.heddle.scheduler.view.TaskWatch} comes and goes, which hears of each turn, and the one by
 * which a builder gets an order of turns.
 *
 * <p>A scheduler that is recorded or replayed has a {@link dev.heddle.scheduler.view.RunLog}, which
 * is of {@code dev.heddle.record}.
 *
 * <p>The kernel needs {@code trace} at two moments only. When all tasks wait and nothing can wake
 * one of them it asks an {@link dev.heddle.scheduler.view.Explainer}; when a run begins and ends it
 * tells the {@link dev.heddle.scheduler.view.LoopWatch}. It finds these classes by name, so that no
 * import points from the kernel to {@code trace}.
 */
@NullMarked
package dev.heddle.scheduler.view;

import org.jspecify.annotations.NullMarked;
