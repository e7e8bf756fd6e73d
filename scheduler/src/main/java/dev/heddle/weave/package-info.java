/**
 * The weaver: rewrites a body's bytecode into a state machine that needs no stack. Used by package
 * {@code coroutine} alone, and knows neither it nor a scheduler: a {@link dev.heddle.weave.Dialect}
 * says which calls suspend.
 *
 * <p>The way of a body, at the first use of its lambda:
 *
 * <pre>
 *  body --BodyFinder-----&gt; BodySource     which method of which class file, where the captured
 *                                         values are
 *       --MethodCode-----&gt; MethodCode     its instructions, numbered, with handlers, frames, lines
 *       --FrameAnalysis--&gt; Frames         what locals and operand stack hold before each
 *                                         instruction, which calls suspend, and whether the
 *                                         suspender gets away
 *       --Liveness-------&gt; Liveness       which locals will still be read
 *       --SpillPlan------&gt; SpillPlan      which field keeps which value at each suspension
 *       --MachineWriter--&gt; a class        named, in the package of the body's class
 *       --Weaver---------&gt; WeaveResult    kept with the lambda's class; makes machines
 * </pre>
 *
 * <p>At any step a {@link dev.heddle.weave.Refusal} may say, with the source line, why not; the
 * caller then takes an engine that has a stack.
 *
 * <p>Why the machine is a named class and not a hidden one: hidden classes do not show in stack
 * traces. The price is that it is no nestmate of the body's class, so that private members must be
 * reached through {@link dev.heddle.weave.Linkage}. Its name begins with {@code Home$}, by which
 * debuggers find it that look for a breakpoint's line in a class and those nested in it; {@code
 * -Dheddle.weave=false} is for the others.
 */
@NullMarked
package dev.heddle.weave;

import org.jspecify.annotations.NullMarked;
