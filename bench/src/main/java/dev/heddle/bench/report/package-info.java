/**
 * The report: every suite with its peers, as raw data, as a page and as a table.
 *
 * <p>The {@link dev.heddle.bench.report.Catalogue} says what is measured: <em>figures</em> (a queue
 * of 100, an item), each for several <em>contenders</em> (woven tasks, Kotlin, platform threads),
 * and <em>sources</em>, which take samples: {@code JmhSource} by a JMH fork, {@code CommandSource}
 * by a command of this jar in a process of its own. A {@code ReportRun} asks every source once in
 * each round, so that a machine that becomes slower does so for all. {@code Samples} refuses what
 * measured nothing. {@code Targets} is the one table of what is to be reached.
 *
 * <p>Nothing here knows the package above: benchmarks are known by name, commands run in processes.
 */
@NullMarked
package dev.heddle.bench.report;

import org.jspecify.annotations.NullMarked;
