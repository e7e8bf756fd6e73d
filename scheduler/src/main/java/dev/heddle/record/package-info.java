/**
 * Records the runs of a scheduler into a file, and repeats them from it.
 *
 * <p>A program decides all that its tasks do but for what comes in by three doors: the clock, the
 * sockets, and what other threads hand in. So a list of what has come in, in its order, is enough
 * to repeat the run. {@link dev.heddle.record.EventLog} is that list, in the making or in the
 * reading: whoever stands in a door names an {@link dev.heddle.record.EventKind} and hands over the
 * values that are real; the {@code Recorder} writes them down and gives them back, the {@code
 * Replayer} checks that the same event is next and gives back what was written.
 *
 * <pre>
 *   loop, tasks --by dev.heddle.scheduler.view.RunLog--&gt; EventLog --&gt; Recorder --&gt; RingFile
 *   sockets ------by dev.heddle.net.replay ------------&gt;    '-------&gt; Replayer --&gt; Recording
 * </pre>
 *
 * <p>Each turn is an event, too. It lets nothing in, but tells where a program first does something
 * else than it did: it has diverged. After that the replayer answers that nothing happens, until
 * the loop asks it for the next turn, and throws then: so no task can catch the error.
 *
 * <p>Exported to {@code dev.heddle.netio} alone; users have {@code SchedulerBuilder.record} and
 * {@code replay}.
 */
@NullMarked
package dev.heddle.record;

import org.jspecify.annotations.NullMarked;
