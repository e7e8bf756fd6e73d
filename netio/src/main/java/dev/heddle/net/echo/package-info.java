/**
 * The echo server: each line of a client is answered with {@code GOT:} and the line.
 *
 * <p>It is a small user of {@code dev.heddle.net.Server}, and uses public types only.
 *
 * <pre>
 *   EchoServer           the server, and the conversation as the body of two styles
 *   EchoStep             the same conversation as a state machine
 *   EchoConversation     what is said: hear, answer
 *   UdpEchoServer        RFC 862 over UDP, where there are no connections
 *
 *   hear --line--&gt; answer --sent--&gt; hear
 *    |  '--line too long--&gt; refuse --sent--&gt; linger --end of input--&gt; close
 *    '--end of input--&gt; close
 * </pre>
 */
@NullMarked
package dev.heddle.net.echo;

import org.jspecify.annotations.NullMarked;
