/**
 * ZeroMQ's protocol, ZMTP 3.0 with the NULL mechanism, on our own loop: PUSH and PULL, PUB and SUB,
 * REQ and REP. The other side may be any ZeroMQ.
 *
 * <pre>
 *   ZmtpTransport -- for each address and role --> ZmtpSocket -- for each connection --> ZmtpPeer
 * </pre>
 *
 * <p>ZeroMQ has no broker and no acknowledgements. So a message that was written is lost if the
 * connection is cut before the peer has read it; the transport does not promise more.
 */
@NullMarked
package dev.heddle.transport.zmtp;

import org.jspecify.annotations.NullMarked;
