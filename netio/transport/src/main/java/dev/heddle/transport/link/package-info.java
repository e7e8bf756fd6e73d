/**
 * Our own link between two processes, over TCP or TLS, with nothing to install.
 *
 * <pre>
 *   put --> PutWindow --> unsent --> sent --> ~~~ socket ~~~ --> Mailroom --> receivers
 *              ^                      ^                              |
 *              |                      '-- confirmed: the peer has received the frame
 *              '--- room: the peer's receiver has acknowledged (HANDLED)
 * </pre>
 *
 * <p>All frames that matter are numbered. A connection is only a way for them: after a cut the
 * sides tell each other how many they have received, and the rest is sent again. So a cut loses
 * nothing and doubles nothing. A message is kept by its sender until the peer's receiver has
 * acknowledged it: if the peer itself is lost and comes again without memory, the messages are sent
 * to it once more, as redelivered.
 *
 * <p>Nothing is unbounded: a message that is kept has a place in the window of its address, frames
 * that answer messages are no more than the peer's messages, and of what is said about an address
 * only the last word is kept.
 */
@NullMarked
package dev.heddle.transport.link;

import org.jspecify.annotations.NullMarked;
