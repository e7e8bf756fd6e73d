package dev.heddle.samples;

import dev.heddle.net.TcpListener;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where {@link Echo} listens: several addresses, of TCP or UDP, and Unix-domain sockets. */
final class EchoPlaces {
  @Option(
      names = "--host",
      converter = HostAndPort.Host.class,
      paramLabel = "HOST",
      description = "Name or address; default 127.0.0.1, which this machine alone can reach.")
  private @Nullable String host;

  @Option(
      names = "--port",
      converter = WholeNumber.Port.class,
      paramLabel = "PORT",
      description = "0 to 65535, where 0 takes a free one; default 16000.")
  private @Nullable Integer port;

  @Option(
      names = "--listen",
      converter = HostAndPort.Reader.class,
      paramLabel = "HOST:PORT",
      description = "One address more; may be given several times.")
  private List<HostAndPort> further = new ArrayList<>();

  @Option(
      names = "--unix",
      converter = UnixPath.class,
      paramLabel = "PATH",
      description = "A Unix-domain socket at this path; may be given several times.")
  private List<UnixDomainSocketAddress> paths = new ArrayList<>();

  /** Those with a host and a port; the default one if no other place is named. */
  List<HostAndPort> ports() {
    List<HostAndPort> all = new ArrayList<>();
    if (host != null || port != null || (further.isEmpty() && paths.isEmpty())) {
      all.add(new HostAndPort(host == null ? "127.0.0.1" : host, port == null ? 16_000 : port));
    }
    all.addAll(further);
    return all;
  }

  List<UnixDomainSocketAddress> paths() {
    return paths;
  }

  /** All of them; the names are looked up. */
  List<SocketAddress> addresses() {
    List<SocketAddress> all = new ArrayList<>();
    ports().forEach(place -> all.add(place.address()));
    all.addAll(paths);
    return all;
  }

  /** As the user has named them, with the ports that the system chose if it was asked to. */
  List<String> named(List<InetSocketAddress> bound) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < bound.size(); i++) {
      all.add(new HostAndPort(ports().get(i).host(), bound.get(i).getPort()).toString());
    }
    paths.forEach(path -> all.add(path.toString()));
    return all;
  }

  /** The addresses that the first of these listeners have, which are no Unix-domain ones. */
  List<InetSocketAddress> bound(List<TcpListener> listeners) {
    return listeners.stream().limit(ports().size()).map(TcpListener::localAddress).toList();
  }
}
