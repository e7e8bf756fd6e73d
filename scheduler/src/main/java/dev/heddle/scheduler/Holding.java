package dev.heddle.scheduler;

import java.util.List;

/**
 * Something that a task holds, and where it acquired it.
 *
 * @param acquiredAt the lines of the body, innermost first; empty if they were not recorded, see
 *     {@link SchedulerBuilder#recordSites}
 */
public record Holding(Resource resource, List<StackTraceElement> acquiredAt) {}
