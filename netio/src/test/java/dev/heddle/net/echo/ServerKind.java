package dev.heddle.net.echo;

import dev.heddle.coroutine.Engine;
import dev.heddle.fixtures.Kind;
import java.util.stream.Stream;

/** The parameter of the server's suites: the style of its connections, and the engine. */
record ServerKind(EchoServer.Style style, Engine engine) {

  static Stream<ServerKind> all() {
    return Kind.engines().stream()
        .flatMap(
            engine -> Stream.of(EchoServer.Style.values()).map(s -> new ServerKind(s, engine)));
  }

  @Override
  public String toString() {
    return style + " on " + engine;
  }
}
