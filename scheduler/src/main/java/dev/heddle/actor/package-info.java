/**
 * Tasks that share nothing and send each other messages, and the exchanges by which those find
 * their receivers.
 *
 * <pre>
 *   a task ------------- send, offer, put, ask --> Mailbox -- receive --> the actor's task
 *                                                     ^
 *   another thread -- ActorRef --> ForeignInbox --(porter)----'
 *
 *   a task -- send, offer, put --> Exchange --> Receiver     anything with a send, at once
 *                                      '------> Subscription -- receive --> a task, at its own pace
 * </pre>
 *
 * <p>Between two yields a task has the scheduler to itself, so that actors are not needed to keep
 * data whole. They are for what spans yields: something that handles one request after the other,
 * and awaits in the middle of each; and for parts of a program that shall know of each other only
 * what the messages say.
 *
 * <p>Where a rule stands:
 *
 * <ul>
 *   <li>what a mailbox takes and gives, in which order, and what becomes of it at the end: {@code
 *       Mailbox}, which draws its states;
 *   <li>what may be done from any thread: {@link dev.heddle.actor.ActorRef}; how it is done: {@code
 *       ForeignInbox}, the only class of the room that two threads touch;
 *   <li>who hears of an answer, and who does not any more: {@code MailboxAsk}, {@link
 *       dev.heddle.actor.Reply};
 *   <li>when a run of named actors is over: {@code InFlightCounter};
 *   <li>what a slow receiver does to senders: {@link dev.heddle.actor.OverflowPolicy}, {@link
 *       dev.heddle.actor.Subscription}; a failing one: {@link dev.heddle.actor.Exchange}.
 * </ul>
 *
 * <p>Three decisions hold in the whole room.
 *
 * <ol>
 *   <li><b>Three ways to send.</b> {@code send} throws if there is no room, {@code offer} tells,
 *       {@code put} is an event and waits. Only tasks of the scheduler can wait, so another thread
 *       has the first two.
 *   <li><b>Accepted or not, at once.</b> Who sends knows on return whether the message is in. What
 *       is in is received in its order, or is found in {@link dev.heddle.actor.Actor#unhandled}
 *       when the actor has ended; what is not in was not sent.
 *   <li><b>A closed end is null.</b> {@code receive} gives null when no message will ever come, so
 *       that a body reads {@code while (co.await(actor.receive()) instanceof Message m)}.
 * </ol>
 *
 * <p>The reference for other threads is an object of its own because of the deadlock message: when
 * all tasks wait, and one of them for a message, the run fails and says so, unless somebody outside
 * may send one. Whoever has called {@code ref()} has said that.
 */
@NullMarked
package dev.heddle.actor;

import org.jspecify.annotations.NullMarked;
