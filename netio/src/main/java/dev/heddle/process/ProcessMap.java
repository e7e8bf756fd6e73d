package dev.heddle.process;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.process.MapEntries.Request;
import dev.heddle.process.Message.Operation;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.YieldEvent;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map that several processes use, like {@code Manager().dict()} of Python's {@code
 * multiprocessing}.
 *
 * <pre>{@code
 * // in the parent
 * ProcessMap<String, Integer> counts = ProcessMap.open("counts", String.class, Integer.class);
 * ProcessOptions options = ProcessOptions.DEFAULT.sharing(counts);
 *
 * // in the child, in a job
 * ProcessMap<String, Integer> counts = Parent.map("counts", String.class, Integer.class);
 * await(counts.compute(word, (key, old) -> old == null ? 1 : old + 1)); // no count is lost
 * }</pre>
 *
 * <p>The parent keeps the entries. Each operation is done in one turn of the parent, so no other
 * operation comes between. Keys and values are copied when they go in and when they come out, in
 * the parent too: to change a value, put the changed value.
 *
 * <p>Cancellation: an operation of a cancelled task did not happen; or it was done, its await
 * returns the result, and {@code Cancelled} is thrown at the next await. When a child dies, what it
 * has put stays.
 *
 * <p>Each operation fails with a {@link CodecException} if a key or a value is null where that is
 * not allowed or cannot be sent, or if all that travels takes more than {@link
 * ProcessOptions#withMaxMessageBytes} of the processes that share the map, 16 MiB by default; with
 * another {@code IOException} if a key's {@code equals} or {@code hashCode} throws in the parent.
 *
 * @param <K> the keys, which need {@code equals} and {@code hashCode}
 * @param <V> the values; never null
 */
public final class ProcessMap<K, V> implements Shareable {

  /** Does operations: here, or by asking the parent. */
  interface Home {
    /** How many bytes the key and values of an operation may have, encoded. */
    int maxBytes();

    <T extends @Nullable Object> YieldEvent<T, IOException> ask(
        Operation operation, RemoteCall.Argument argument, RemoteCall.Answered<T> answered);

    /** Replaces a value by one that is made from it; null stands for no value, on both sides. */
    <K, V> YieldEvent<@Nullable V, IOException> compute(
        ProcessMap<K, V> map, K key, BiFunction<? super K, ? super @Nullable V, ? extends V> made);
  }

  private final String name;
  private final Home home;
  final ItemCodec<K> keys;
  final ItemCodec<V> values;

  ProcessMap(String name, Class<K> keys, Class<V> values, Home home) {
    this.name = Hosted.checkName(name);
    this.keys = new ItemCodec<>(keys);
    this.values = new ItemCodec<>(values);
    this.home = home;
  }

  /**
   * Opens an empty map in this process. Share it with children by {@link ProcessOptions#sharing}.
   *
   * @param name the name by which children ask for the map
   * @param keys the class of the keys; {@link dev.heddle.process.codec.DataCodec} must be able to
   *     send its values
   * @param values the class of the values, likewise
   */
  public static <K, V> ProcessMap<K, V> open(String name, Class<K> keys, Class<V> values) {
    return new ProcessMap<>(name, keys, values, new MapEntries<>(name, keys, values));
  }

  @Override
  public String name() {
    return name;
  }

  /** The entries, if this process keeps them. */
  @Nullable Hosted hosted() {
    return home instanceof Hosted hosted ? hosted : null;
  }

  /** Gives the value of the key; null if there is none. */
  @CheckReturnValue
  public YieldEvent<@Nullable V, IOException> get(K key) {
    return asking(Operation.GET, () -> request(key, null, null));
  }

  /** Puts the value in; gives the value of before, or null if there was none. */
  @CheckReturnValue
  public YieldEvent<@Nullable V, IOException> put(K key, V value) {
    return asking(Operation.PUT, () -> request(key, encoded(value), null));
  }

  /** Puts the value in if the key has none; gives the value that the key has already, or null. */
  @CheckReturnValue
  public YieldEvent<@Nullable V, IOException> putIfAbsent(K key, V value) {
    return asking(Operation.PUT_IF_ABSENT, () -> request(key, encoded(value), null));
  }

  /** Removes the key; gives the value of before, or null if there was none. */
  @CheckReturnValue
  public YieldEvent<@Nullable V, IOException> remove(K key) {
    return asking(Operation.REMOVE, () -> request(key, null, null));
  }

  /**
   * Replaces the value of the key if that is the expected one, and tells whether it was; null
   * stands for no value, on both sides. An atomic variable calls this {@code compareAndSet}.
   */
  @CheckReturnValue
  public YieldEvent<Boolean, IOException> replace(
      K key, @Nullable V expected, @Nullable V replacement) {
    return home.ask(
        Operation.REPLACE,
        () ->
            request(
                key,
                replacement == null ? null : encoded(replacement),
                expected == null ? null : encoded(expected)),
        (answer, _) -> answer != null && answer[0] == 1);
  }

  /**
   * Replaces the value of the key by one that is made from it, and gives the new value; null stands
   * for no value, on both sides. No change of another task is lost.
   *
   * <p>In the parent the function runs once, in the turn of the operation. In a child it runs
   * there, and once more whenever the value was changed meanwhile; so it should do nothing but
   * compute. What it throws is thrown at the await, and nothing is changed then.
   */
  @CheckReturnValue
  public YieldEvent<@Nullable V, IOException> compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> made) {
    return home.compute(this, key, made);
  }

  /** Gives a copy of all entries, in the order in which their keys were put in. */
  @CheckReturnValue
  public YieldEvent<Map<K, V>, IOException> entries() {
    return home.ask(
        Operation.ENTRIES,
        RemoteCall.Argument.NONE,
        (answer, _) -> {
          MapEntries.Snapshot all = MapEntries.Snapshot.decode(answer);
          Map<K, V> entries = new LinkedHashMap<>();
          for (int i = 0; i < all.keys().size(); i++) {
            entries.put(keys.decode(all.keys().get(i)), values.decode(all.values().get(i)));
          }
          return entries;
        });
  }

  private YieldEvent<@Nullable V, IOException> asking(
      Operation operation, RemoteCall.Argument argument) {
    return home.<@Nullable V>ask(operation, argument, this::value);
  }

  byte[] request(K key, byte @Nullable [] value, byte @Nullable [] expected) throws CodecException {
    int most = home.maxBytes();
    return new Request(keys.encode(key, most), value, expected).encode(most);
  }

  byte[] encoded(V value) throws CodecException {
    return values.encode(value, home.maxBytes());
  }

  private @Nullable V value(byte @Nullable [] answer, @Nullable RemoteCall<?> call)
      throws CodecException {
    return answer == null ? null : values.decode(answer);
  }

  @Override
  public String toString() {
    return "map '" + name + "'" + (home instanceof Hosted ? "" : " of the parent");
  }

  /** For a child: asks the parent. */
  record RemoteHome(ChildSession session, String name) implements Home {
    @Override
    public int maxBytes() {
      return session.maxMessageBytes;
    }

    @Override
    public <T extends @Nullable Object> YieldEvent<T, IOException> ask(
        Operation operation, RemoteCall.Argument argument, RemoteCall.Answered<T> answered) {
      return new RemoteCall<>(session, name, operation, argument, answered);
    }

    /** Gets the value, and replaces it if it is still the same; until it is. */
    @Override
    public <K, V> YieldEvent<@Nullable V, IOException> compute(
        ProcessMap<K, V> map, K key, BiFunction<? super K, ? super @Nullable V, ? extends V> made) {
      return new RemoteCall<>(
          session,
          name,
          Operation.GET,
          () -> map.request(key, null, null),
          new RemoteCompute<>(map, key, made));
    }
  }

  /** The answers to a compute of a child, which are a value and a yes or no in turn. */
  private static final class RemoteCompute<K, V> implements RemoteCall.Answered<@Nullable V> {
    private final ProcessMap<K, V> map;
    private final K key;
    private final BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> made;

    /** The value that was made from the one that the parent is asked to replace. */
    private @Nullable V fresh;

    /** Whether the next answer tells if the value was replaced. */
    private boolean replacing;

    RemoteCompute(
        ProcessMap<K, V> map,
        K key,
        BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> made) {
      this.map = map;
      this.key = key;
      this.made = made;
    }

    @Override
    public @Nullable V read(byte @Nullable [] answer, RemoteCall<@Nullable V> call)
        throws IOException {
      if (replacing) {
        replacing = false;
        if (Objects.requireNonNull(answer, "answer")[0] == 1) {
          return fresh;
        }
        call.again(Operation.GET, map.request(key, null, null));
        return null;
      }
      V old = answer == null ? null : map.values.decode(answer);
      V value = made.apply(key, old);
      fresh = value;
      replacing = true;
      call.again(
          Operation.REPLACE, map.request(key, value == null ? null : map.encoded(value), answer));
      return null;
    }
  }
}
