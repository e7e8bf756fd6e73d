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

  /** Refuses what the system's channels refuse. */
  void set(SocketOption<?> name, @Nullable Object value) {
    check(name);
    if (value == null || (isSize(name) && (Integer) value < 0)) {
      throw new IllegalArgumentException("'" + name + "' cannot be " + value);
    }
    values.put(name, value);
  }

  private static boolean isSize(SocketOption<?> name) {
    return name.name().endsWith("BUF");
  }

  /** As it was set; else 64 KiB, false, or null. */
  <T> @Nullable T get(SocketOption<T> name) {
    check(name);
    Object unset =
        name.type() == Boolean.class
            ? (Object) false
            : isSize(name) ? (Integer) SimulatedConnection.WINDOW : null;
    return name.type().cast(values.getOrDefault(name, unset));
  }

  private void check(SocketOption<?> name) {
    if (!supported.contains(name)) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
  }
}
