package dev.heddle.process;

import dev.heddle.process.Message.Reason;
import dev.heddle.process.codec.CodecException;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Cancelled;
import dev.heddle.scheduler.Spawner;
import dev.heddle.scheduler.Task;
import dev.heddle.sync.QueueShutdownException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/**
 * The parent's side of the shared things that one child uses. Each operation of the child gets a
 * task of its own, which waits in the child's place. So a child takes its turn among those who wait
 * as any task does.
 */
final class SharedServer {
  /** How many operations of a child may wait at a time: each is a task of the parent. */
  private static final int MOST_QUESTIONS = 100_000;

  private final Spawner daemons;
  private final FramedConnection connection;
  private final Hosted.Party child;
  private final Map<String, Hosted> things = new LinkedHashMap<>();

  /** The tasks of the operations that are not over, by the numbers of the operations. */
  private final Map<Long, Task<?>> asking = new HashMap<>();

  SharedServer(Spawner daemons, FramedConnection connection, String child, List<Hosted> shared) {
    this.daemons = daemons;
    this.connection = connection;
    this.child = new Hosted.Party(child);
    for (Hosted thing : shared) {
      things.put(thing.name(), thing);
    }
  }

  /**
   * Begins an operation.
   *
   * @throws CodecException if it is one that no child may ask for
   */
  void ask(Message.Ask ask) throws CodecException {
    if (asking.containsKey(ask.number())) {
      throw new CodecException("question " + ask.number() + " is asked twice");
    }
    if (asking.size() >= MOST_QUESTIONS) {
      throw new CodecException("more than " + MOST_QUESTIONS + " questions at a time");
    }
    Hosted thing = things.get(ask.thing());
    if (thing == null) {
      String why = "no '" + ask.thing() + "' is shared with this process, only " + things.keySet();
      connection.post(new Message.Denied(ask.number(), Reason.MISUSE, why));
    } else {
      asking.put(
          ask.number(),
          daemons.spawn("asked by a child for " + thing.title(), co -> serve(co, thing, ask)));
    }
  }

  private void serve(Awaiter co, Hosted thing, Message.Ask ask) {
    long number = ask.number();
    try {
      byte @Nullable [] answer = thing.perform(co, child, ask.operation(), ask.argument());
      connection.post(new Message.Answer(number, answer));
    } catch (Cancelled e) {
      connection.post(new Message.Withdrawn(number));
      throw e;
    } catch (Throwable e) { // an argument may run code that is not ours, such as an equals
      connection.post(new Message.Denied(number, reason(e), RemoteFailure.textOf(e)));
    } finally {
      Task<?> asked = asking.remove(number);
      assert asked != null : "question " + number + " of " + child + " is over twice";
    }
  }

  private static Reason reason(Throwable failure) {
    return switch (failure) {
      case QueueShutdownException _ -> Reason.SHUTDOWN;
      case CodecException _ -> Reason.CODEC;
      case IllegalStateException _ -> Reason.MISUSE;
      case BrokenBarrierException _ -> Reason.BROKEN;
      default -> Reason.FAILED;
    };
  }

  /** Does what the child does not wait for. What is wrong with it, the child could not be told. */
  void tell(Message.Tell tell) {
    Hosted thing = things.get(tell.thing());
    if (thing != null && !child.ended) {
      thing.tell(child, tell.operation(), tell.argument());
    }
  }

  /** Undoes an operation. If the operation is over, its answer is already on the way. */
  void withdraw(long number) {
    Task<?> task = asking.get(number);
    if (task != null) {
      task.cancel("the child's task was cancelled");
    }
  }

  /** Nothing more comes from the child: its operations are undone. */
  void close() {
    child.ended = true;
    for (Task<?> task : List.copyOf(asking.values())) {
      task.cancel("the child has ended");
    }
  }

  /** The process of the child is gone: what it held is given back. */
  void giveBack() {
    assert child.ended : child + " still asks";
    things.values().forEach(thing -> thing.ended(child));
  }
}
