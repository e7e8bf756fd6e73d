/**
 * How values become messages between processes, and messages become values again.
 *
 * <pre>
 *   value -- Encoder -- ByteWriter -- bytes === another process === bytes -- Decoder -- value
 *               |                                                              |
 *               +-- RecordShape: the components    the canonical constructor --+
 *               +-- Types.reachable: the classes that a message may name ------+
 * </pre>
 *
 * <p>{@link dev.heddle.process.codec.DataCodec} handles plain data. It never trusts a message: the
 * declared type decides which classes a message may name, no class is looked up by a name from a
 * message, and a message never makes the decoder take more memory than a small multiple of the
 * message's length. A user who needs other limits or other classes implements {@link
 * dev.heddle.process.codec.Codec}.
 *
 * <p>This package knows nothing of processes, and uses nothing but the JDK.
 */
@NullMarked
package dev.heddle.process.codec;

import org.jspecify.annotations.NullMarked;
