package dev.heddle.test;

import java.net.SocketOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Options that are kept, and mean nothing in a simulation, but for {@code SO_LINGER}. */
final class SocketOptions {
  private final Set<SocketOption<?>> supported;
  private final Map<SocketOption<?>, Object> values = new HashMap<>();

  SocketOptions(Set<SocketOption<?>> supported) {
    this.supported = supported;
  }

  Set<SocketOption<?>> supported() {
    return supported;
  }

  void set(SocketOption<?> name, Object value) {
    check(name);
    values.put(name, value);
  }

  /** As it was set; else 64 KiB, false, or null. */
  <T> @Nullable T get(SocketOption<T> name) {
    check(name);
    Object unset =
        name.type() == Boolean.class
            ? (Object) false
            : name.name().endsWith("BUF") ? (Integer) SimulatedConnection.WINDOW : null;
    return name.type().cast(values.getOrDefault(name, unset));
  }

  private void check(SocketOption<?> name) {
    if (!supported.contains(name)) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
  }
}
