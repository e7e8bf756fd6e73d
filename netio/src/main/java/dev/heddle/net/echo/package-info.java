/**
 * The echo server: each line of a client is answered with {@code GOT:} and the line.
 *
 * <p>It shows how to write a server on {@code dev.heddle.net}, of which it uses the public types
 * only: limits, an idle deadline, an orderly end, and buffers that all connections share.
 *
 * <p>One connection from accept to close:
 *
 * <pre>
 *   EchoServer           accepts, keeps to the limits, starts a task for each connection
 *   EchoConnection       the connection's time: idle deadline, reports of failures, close
 *   EchoConversation     what is said: hear, answer; refuse and discard after a line too long
 *
 *   hear --line--&gt; answer --sent--&gt; hear
 *    |  '--line too long--&gt; refuse --sent--&gt; discard --end of input--&gt; close
 *    '--end of input--&gt; close
 * </pre>
 *
 * <p>The task is written in one of three styles: {@code EchoConnection.converse} is the body of the
 * thread style and of the coroutine style, {@code EchoStep} is the same conversation as a state
 * machine.
 */
@NullMarked
package dev.heddle.net.echo;

import org.jspecify.annotations.NullMarked;
