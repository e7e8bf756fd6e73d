/**
 * Events for the JDK's Flight Recorder, in its category Heddle. The room knows nothing of tasks:
 * whoever has something to tell gives plain values to {@code Flight}, which does nothing as long as
 * nothing is recorded or the JDK has no Flight Recorder. The module does not export it but to
 * {@code dev.heddle.netio}.
 */
@NullMarked
package dev.heddle.jfr;

import org.jspecify.annotations.NullMarked;
