/**
 * What Heddle costs, and what its peers cost on the same machine in the same run.
 *
 * <p>One file for each thing measured. With JMH, all named {@code *Bench}: {@code TurnBench} and
 * its peers in {@code StockTurnBench}, {@code SpawnBench}, {@code WakeBench}, {@code
 * GeneratorBench}; and the primitives, each with its peers in its own file. With sockets: {@code
 * EchoCommand} runs {@code LoadGenerator} against each {@code Server}, whose process is a {@code
 * ServerProcess}. By themselves: {@code SleepersCommand}, {@code FirstUseCommand}.
 */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
