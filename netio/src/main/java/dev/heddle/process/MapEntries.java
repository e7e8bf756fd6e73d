package dev.heddle.process;

import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.process.codec.DataCodec;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.SingleWaiterEvent;
import dev.heddle.scheduler.Waiter;
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
  private final LinkLimit limit = new LinkLimit(this);

  MapEntries(String name, Class<K> keys, Class<V> values) {
    this.name = name;
    this.keys = new ItemCodec<>(keys);
    this.values = new ItemCodec<>(values);
  }

  /** What goes with an operation. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Request(byte[] key, byte @Nullable [] value, byte @Nullable [] expected) {
    byte[] encode(int maxBytes) throws CodecException {
      return CODEC.encode(this, Request.class, maxBytes);
    }
  }

  /** A request that was read. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Reading<K>(K key, byte @Nullable [] value, byte @Nullable [] expected) {}

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
  public int maxBytes() {
    return limit.maxBytes();
  }

  @Override
  public void link(int maxBytes) {
    limit.link(maxBytes);
  }

  /** What a child sends is read off the loop if it is big, and done in one turn then. */
  @Override
  public byte @Nullable [] perform(
      Awaiter co, Party party, Operation operation, byte @Nullable [] argument) throws IOException {
    if (argument == null || argument.length <= GuardedCodec.BIG) {
      return apply(operation, argument);
    }
    byte[] sent = limit.check("a key and values", argument);
    @SuppressWarnings("unchecked")
    var reading = (Reading<K>) GuardedCodec.awaitElsewhere(co, () -> read(sent));
    byte[] expected = reading.expected;
    if (operation == Operation.REPLACE && expected != null) {
      return replaceBig(co, reading.key, expected, reading.value) ? YES : NO;
    }
    return apply(operation, reading);
  }

  private byte @Nullable [] apply(Operation operation, byte @Nullable [] argument)
      throws CodecException {
    if (operation == Operation.ENTRIES) {
      return snapshot();
    }
    byte[] sent = Objects.requireNonNull(argument, "argument");
    return apply(operation, read(limit.check("a key and values", sent)));
  }

  private Reading<K> read(byte[] argument) throws CodecException {
    Request request = (Request) decode(argument, Request.class);
    if (request.value != null) {
      V _ = values.decode(request.value); // refuses what is no value, where it is put
    }
    return new Reading<>(keys.decode(request.key), request.value, request.expected);
  }

  private byte @Nullable [] apply(Operation operation, Reading<K> reading) throws CodecException {
    K key = reading.key;
    return switch (operation) {
      case GET -> entries.get(key);
      case PUT -> entries.put(key, Objects.requireNonNull(reading.value, "value"));
      case PUT_IF_ABSENT ->
          entries.putIfAbsent(key, Objects.requireNonNull(reading.value, "value"));
      case REMOVE -> entries.remove(key);
      case REPLACE -> replace(key, reading.expected, reading.value) ? YES : NO;
      default -> throw unknown(operation);
    };
  }

  private boolean replace(K key, byte @Nullable [] expected, byte @Nullable [] value)
      throws CodecException {
    if (!isSame(entries.get(key), expected)) {
      return false;
    }
    set(key, value);
    return true;
  }

  private void set(K key, byte @Nullable [] value) {
    if (value == null) {
      entries.remove(key);
    } else {
      entries.put(key, value);
    }
  }

  /** Compares off the loop, until the value was not changed meanwhile. */
  private boolean replaceBig(Awaiter co, K key, byte[] expected, byte @Nullable [] value)
      throws IOException {
    while (true) {
      byte[] is = entries.get(key);
      boolean same = (boolean) GuardedCodec.awaitElsewhere(co, () -> isSame(is, expected));
      if (entries.get(key) == is) {
        if (same) {
          set(key, value);
        }
        return same;
      }
    }
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
      encodedKeys.add(keys.encode(key, limit.maxBytes()));
    }
    Snapshot all = new Snapshot(encodedKeys, List.copyOf(entries.values()));
    return CODEC.encode(all, Snapshot.class, limit.maxBytes());
  }

  // As the home of the map in this process.

  /** For the answers of {@link ProcessMap}, but for a compute, none asks once more. */
  @Override
  @SuppressWarnings("NullAway") // no answer that is read here uses its call
  public <T extends @Nullable Object> YieldEvent<T, IOException> ask(
      Operation operation, RemoteCall.Argument argument, RemoteCall.Answered<T> answered) {
    return new Own<>(operation, argument, answer -> answered.read(answer, null));
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

  /** An operation of this process: done at once, but a big answer is read off the loop. */
  private final class Own<T extends @Nullable Object> extends SingleWaiterEvent<T, IOException> {
    private final Operation operation;
    private final RemoteCall.Argument argument;
    private final Reader<T> reader;

    Own(Operation operation, RemoteCall.Argument argument, Reader<T> reader) {
      this.operation = operation;
      this.argument = argument;
      this.reader = reader;
    }

    @Override
    protected void start(Scheduler scheduler, Waiter waiter) throws IOException {
      byte[] answer = apply(operation, argument.encode());
      if (answer == null || answer.length <= GuardedCodec.BIG) {
        wake(reader.read(answer));
      } else {
        GuardedCodec.elsewhere(() -> reader.read(answer)).onDone(scheduler, this::read);
      }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the reader gives
    private void read(Promise<?> result) {
      if (result.state() == Promise.State.SUCCEEDED) {
        wake((T) result.resultNow());
      } else {
        failWith(result.exceptionNow());
      }
    }

    /** The operation was done, and its answer is on the way. */
    @Override
    protected boolean undo(Scheduler scheduler, Waiter waiter) {
      return false;
    }

    @Override
    protected boolean isWokenFromOutside() {
      return true;
    }

    @Override
    public String describe() {
      return operation + " on " + title();
    }
  }

  /** Makes the result of an answer. */
  private interface Reader<T extends @Nullable Object> {
    T read(byte @Nullable [] answer) throws IOException;
  }

  @Override
  public String toString() {
    return title() + ", " + entries.size() + " entries";
  }
}
