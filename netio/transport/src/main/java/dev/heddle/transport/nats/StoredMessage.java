package dev.heddle.transport.nats;

import java.io.IOException;
import java.net.ProtocolException;

/**
 * Which message of a stream has come.
 *
 * @param reply the subject by which it is acknowledged
 * @param delivered how often it has come, with this time
 * @param sequence its number in the stream
 * @param key by which it is known again: its queue and id. A server that starts anew forgets the
 *     ids of messages that are over, and stores one again whose confirmation was lost. Without an
 *     id its number in the stream
 */
record StoredMessage(String reply, long delivered, long sequence, String key) {
  static final String ID_HEADER = "Nats-Msg-Id";

  /**
   * What its reply subject says: {@code $JS.ACK.stream.consumer.delivered.sequence...}.
   *
   * @throws ProtocolException if it has none of this form
   */
  static StoredMessage of(NatsWire.Message message) throws IOException {
    String reply = message.reply();
    String[] parts = reply == null ? new String[0] : reply.split("\\.", -1);
    int shift = parts.length >= 11 ? 2 : 0; // with a domain and an account in it
    if (reply == null
        || parts.length < 9
        || !reply.startsWith("$JS.ACK.")
        || !parts[4 + shift].matches("[0-9]{1,18}")
        || !parts[5 + shift].matches("[0-9]{1,18}")) {
      throw new ProtocolException(
          "a stored message has the reply subject '" + reply + "': must be $JS.ACK...");
    }
    long sequence = Long.parseLong(parts[5 + shift]);
    String id = NatsText.header(message.headers(), ID_HEADER);
    String key = id == null ? "#" + sequence : message.subject() + " " + id;
    return new StoredMessage(reply, Long.parseLong(parts[4 + shift]), sequence, key);
  }
}
