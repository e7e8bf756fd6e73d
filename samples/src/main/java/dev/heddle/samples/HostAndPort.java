package dev.heddle.samples;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A host, as the user has named it, and a port. */
record HostAndPort(String host, int port) {
  /** An IPv6 address stands in brackets, as it has colons itself. */
  private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");

  /** Looks the name up; an address whose name is unknown is not resolved. */
  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Reads {@code HOST:PORT}. */
  static final class Reader implements ITypeConverter<HostAndPort> {
    @Override
    public HostAndPort convert(String text) {
      Matcher parts = FORM.matcher(text);
      if (parts.matches() && Integer.parseInt(parts.group(3)) <= 65_535) {
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return new HostAndPort(new Host().convert(host), Integer.parseInt(parts.group(3)));
      }
      throw new TypeConversionException(
          "'" + text + "' is not HOST:PORT, such as 127.0.0.1:16000 or [::1]:16000");
    }
  }

  /** Reads a host. No name would be the loopback address for the JDK. */
  static final class Host implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      if (text.isBlank() || text.chars().anyMatch(c -> c <= ' ' || c == '[' || c == ']')) {
        throw new TypeConversionException("'" + text + "' is not the name or address of a host");
      }
      return text;
    }
  }
}
