package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link ProcessMap} in the process that has opened it. Values are kept as the
 * bytes that travel: so nobody can change a value in the map, and each get gives a copy.
 */
final class MapEntries<K, V> implements ProcessMap.Home, Hosted {
  private static final DataCodec CODEC = new DataCodec();
  private static final byte[] YES = {1};
  private static final byte[] NO = {0};

  private final String name;
  private final ItemCodec<K> keys;
  private final ItemCodec<V> values;
  private final Map<K, byte[]> entries = new LinkedHashMap<>();

  MapEntries(String name, Class<K> keys, Class<V> values) {
    this.name = name;
    this.keys = new ItemCodec<>(keys);
    this.values = new ItemCodec<>(values);
  }

  /** What goes with an operation. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(byte[] key, byte @Nullable [] value, byte @Nullable [] expected) {
    byte[] encode() throws CodecException {
      return CODEC.encode(this, Request.class, ItemCodec.MOST_BYTES);
    }
  }

  /** All keys and their values. */
  record Snapshot(List<byte[]> keys, List<byte[]> values) {
    static Snapshot decode(byte @Nullable [] message) throws CodecException {
      return (Snapshot) MapEntries.decode(message, Snapshot.class);
    }
  }

  private static Object decode(byte @Nullable [] message, Type type) throws CodecException {
    Object decoded = CODEC.decode(Objects.requireNonNull(message, "message"), type);
    return Objects.requireNonNull(decoded, "decoded");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "map";
  }

  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument)
      throws CodecException {
    return apply(operation, argument);
  }

  private byte @Nullable [] apply(Operation operation, byte @Nullable [] argument)
      throws CodecException {
    if (operation == Operation.ENTRIES) {
      return snapshot();
    }
    Request request = (Request) decode(argument, Request.class);
    K key = keys.decode(request.key);
    byte[] value = request.value;
    if (value != null) {
      V _ = values.decode(value); // refuses what is no value, where it is put
    }
    return switch (operation) {
      case GET -> entries.get(key);
      case PUT -> entries.put(key, Objects.requireNonNull(value, "value"));
      case PUT_IF_ABSENT -> entries.putIfAbsent(key, Objects.requireNonNull(value, "value"));
      case REMOVE -> entries.remove(key);
      case REPLACE -> replace(key, request.expected, value) ? YES : NO;
      default -> throw unknown(operation);
    };
  }

  private boolean replace(K key, byte @Nullable [] expected, byte @Nullable [] value)
      throws CodecException {
    if (!isSame(entries.get(key), expected)) {
      return false;
    }
    if (value == null) {
      entries.remove(key);
    } else {
      entries.put(key, value);
    }
    return true;
  }

  /** Equal values may have different bytes: two equal sets may have different orders. */
  private boolean isSame(byte @Nullable [] is, byte @Nullable [] expected) throws CodecException {
    if (is == null || expected == null) {
      return is == expected;
    }
    return Arrays.equals(is, expected) || values.decode(is).equals(values.decode(expected));
  }

  private byte[] snapshot() throws CodecException {
    List<byte[]> encodedKeys = new ArrayList<>();
    for (K key : entries.keySet()) {
      encodedKeys.add(keys.encode(key));
    }
    Snapshot all = new Snapshot(encodedKeys, List.copyOf(entries.values()));
    return CODEC.encode(all, Snapshot.class, ItemCodec.MOST_BYTES);
  }

  // As the home of the map in this process.

  /** For the answers of {@link ProcessMap}, but for a compute, none asks once more. */
  @Override
  @SuppressWarnings("NullAway") // no answer that is read here uses its call
  public <T extends @Nullable Object> YieldEvent<T, IOException> ask(
      Operation operation, RemoteCall.Argument argument, RemoteCall.Answered<T> answered) {
    return new ImmediateEvent<>(
        operation + " on " + title(),
        () -> answered.read(apply(operation, argument.encode()), null));
  }

  @Override
  public <L, W> YieldEvent<@Nullable W, IOException> compute(
      ProcessMap<L, W> map,
      L key,
      BiFunction<? super L, ? super @Nullable W, ? extends @Nullable W> made) {
    return new ImmediateEvent<>(
        "compute on " + title(),
        () -> {
          byte[] old = apply(Operation.GET, map.request(key, null, null));
          W value = made.apply(key, old == null ? null : map.values.decode(old));
          byte[] fresh = value == null ? null : map.encoded(value);
          byte[] _ = apply(Operation.REPLACE, map.request(key, fresh, old));
          return value;
        });
  }

  @Override
  public String toString() {
    return title() + ", " + entries.size() + " entries";
  }
}
