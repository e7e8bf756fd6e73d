package dev.heddle.scheduler;

import java.util.List;

/**
 * A resource that a task holds, and where the task acquired it.
 *
 * @param resource what the task holds
 * @param acquiredAt the lines of the task's body, innermost first; empty if they were not recorded,
 *     see {@link SchedulerBuilder#recordSites}
 */
public record HeldResource(Resource resource, List<StackTraceElement> acquiredAt) {}
