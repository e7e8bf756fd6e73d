/**
 * The weaver: rewrites a body's bytecode into a state machine that needs no stack. Package {@code
 * coroutine.engine} alone uses it. The weaver knows neither coroutines nor schedulers: a {@link
 * dev.heddle.weave.Dialect} says which calls suspend.
 *
 * <p>These steps weave a body, at the first use of its lambda:
 *
 * <pre>
 *  body --BodyFinder-----&gt; BodySource     which method of which class file, where the captured
 *                                         values are
 *       --MethodCode-----&gt; MethodCode     its instructions, numbered, with handlers, frames, lines
 *       --FrameAnalysis--&gt; Frames         what locals and operand stack hold before each
 *                                         instruction, which calls suspend, and whether the
 *                                         body passes the suspender to other code
 *       --Liveness-------&gt; Liveness       which locals will still be read
 *       --SpillPlan------&gt; SpillPlan      which field keeps which value at each suspension
 *       --MachineWriter--&gt; a class        named, in the package of the body's class
 *       --Weaver---------&gt; WeaveResult    kept with the lambda's class; makes machines
 * </pre>
 *
 * <p>Each step may throw a {@link dev.heddle.weave.Refusal} that says why the body cannot be woven,
 * with the source line. The caller then takes an engine that has a stack.
 *
 * <p>The machine is a named class, because stack traces do not show hidden classes. A named class
 * cannot join the nest of the body's class, so the machine reaches private members through {@link
 * dev.heddle.weave.Linkage}. The machine's name begins with {@code Home$}: some debuggers look for
 * a breakpoint's line in a class and in the classes nested in it, and so find the machine. A JVM
 * that a debugger starts does not weave, see {@code dev.heddle.coroutine.engine.Debuggee}.
 */
@NullMarked
package dev.heddle.weave;

import org.jspecify.annotations.NullMarked;
