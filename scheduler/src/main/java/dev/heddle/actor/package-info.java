/**
 * Actors: tasks that share nothing and send each other messages; and exchanges, which send messages
 * to receivers that the sender does not know.
 *
 * <pre>
 *   a task ------------- send, offer, put, ask -----> Mailbox -- receive --> the actor's task
 *                                                        ^
 *   another thread -- ActorRef --> ForeignInbox --(collector)
 *
 *   a task -- send, offer, put --> Exchange --> Receiver     anything with a send, at once
 *                                      '------> Subscription -- receive --> a task, at its own pace
 * </pre>
 *
 * <p>Between two yields a task has the scheduler to itself, so actors are not needed to protect
 * data. They are for work that spans yields, such as a service that handles one request after the
 * other and awaits in the middle of each; and for parts of a program that shall know of each other
 * only what the messages say.
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>what a mailbox takes and gives, in which order, what happens to messages at its end, and
 *       who gets an answer: {@code Mailbox}, which draws its states;
 *   <li>what may be done from any thread: {@link dev.heddle.actor.ActorRef}; how it is done: {@code
 *       ForeignInbox}, the only class of the package that several threads use at once;
 *   <li>what happens when an actor crashes: {@link dev.heddle.actor.Supervision};
 *   <li>when a run of named actors is over: {@code InFlightCounter};
 *   <li>what a slow receiver does to senders: {@link dev.heddle.actor.OverflowPolicy}, {@link
 *       dev.heddle.actor.Subscription}; what a failing one does: {@link dev.heddle.actor.Exchange}.
 * </ul>
 *
 * <p>Three decisions hold in the whole package.
 *
 * <ol>
 *   <li><b>Three ways to send.</b> If there is no room, {@code send} throws, {@code offer} returns
 *       false, and {@code put} is an event and waits. Only tasks of the scheduler can wait, so
 *       other threads have {@code send} and {@code offer}.
 *   <li><b>Accepted or not, at once.</b> When the call returns, the sender knows whether the
 *       message was accepted. An accepted message is received in its order, or is found in {@link
 *       dev.heddle.actor.Actor#unhandled} when the actor has ended. A message that was not accepted
 *       was not sent.
 *   <li><b>The end of the messages is null.</b> {@code receive} gives null when no message will
 *       ever come, so a body reads {@code while (co.await(actor.receive()) instanceof Message m)}.
 * </ol>
 *
 * <p>Other threads need a reference of their own because of the deadlock message. When all tasks
 * wait, and one of them for a message, the run fails and says so, unless another thread may send
 * one. A program that calls {@code ref()} says that another thread may.
 */
@NullMarked
package dev.heddle.actor;

import org.jspecify.annotations.NullMarked;
