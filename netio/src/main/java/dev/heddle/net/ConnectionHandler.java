package dev.heddle.net;

import dev.heddle.scheduler.Awaiter;
import java.io.Serializable;

/**
 * What a {@link Server} does with each connection.
 *
 * <p>Serializable for one reason: by its serialized form a lambda tells where its code is, which is
 * how it is woven. Nothing is ever serialized.
 */
@FunctionalInterface
public interface ConnectionHandler extends Serializable {
  /**
   * Serves one client, as a task of its own. When this returns, what the connection's writer has
   * gathered is sent, and the connection is closed.
   *
   * @throws Exception anything. That the client has gone, or was cut, is a normal end; all else is
   *     reported at once
   */
  void serve(Awaiter co, Connection connection) throws Exception;
}
