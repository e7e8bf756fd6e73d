/**
 * The weaver: rewrites the bytecode of a body, and of the methods that the body calls with its
 * suspender, into state machines that need no stack. Package {@code coroutine.engine} alone uses
 * it. The weaver knows neither coroutines nor schedulers: a {@link dev.heddle.weave.Dialect} says
 * which calls suspend.
 *
 * <p>These steps weave a body at the first use of its lambda, and a method at its first call:
 *
 * <pre>
 *  body --BodyFinder-----&gt; BodySource     which method of which class file, where the captured
 *                                         values are
 *       --MethodCode-----&gt; MethodCode     its instructions, numbered, with handlers, frames, lines
 *       --FrameAnalysis--&gt; Frames         what locals and operand stack hold before each
 *                                         instruction, which calls suspend, and whether the
 *                                         suspender goes where the weaver cannot follow
 *       --Liveness-------&gt; Liveness       which locals will still be read
 *       --SpillPlan------&gt; SpillPlan      which field keeps which value at each suspension
 *       --MachineWriter--&gt; a class        named, in the package of the method's class
 *       --Weaver---------&gt; Machine        kept with the method's class
 *                          WeaveResult    kept with the lambda's class; makes a body's machines
 * </pre>
 *
 * <p>A call in a machine is linked when it first runs:
 *
 * <pre>
 *  call --CallLinkage, CallTarget--&gt; the machine of the method that the receiver's class selects,
 *                                    or a StackCall: the method itself, on a stack of its own
 *       --InlineCache--------------&gt; a target for each class of receivers
 * </pre>
 *
 * <p>Each step may throw a {@link dev.heddle.weave.classfile.Refusal} that says why the method
 * cannot be woven, with the source line. A body then takes an engine that has a stack; a method
 * that is called runs on a stack of its own, that part only.
 *
 * <p>The machine is a named class, because stack traces do not show hidden classes. A named class
 * cannot join the nest of the method's class, so the machine reaches private members through {@link
 * dev.heddle.weave.Linkage}. The machine's name begins with {@code Home$}: some debuggers look for
 * a breakpoint's line in a class and in the classes nested in it, and so find the machine. For
 * other debuggers there is {@code -Dheddle.weave=false}.
 */
@NullMarked
package dev.heddle.weave;

import org.jspecify.annotations.NullMarked;
