package dev.heddle.transport.parts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.fixtures.Fields;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Select;
import dev.heddle.scheduler.Task;
import dev.heddle.scheduler.Timers;
import dev.heddle.sync.Event;
import dev.heddle.transport.DeadlinePassedException;
import dev.heddle.transport.MessageReceiver;
import dev.heddle.transport.TransportKit;
import dev.heddle.transport.TransportLimits;
import dev.heddle.transport.local.LocalTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the parts of transports call an invariant, quoted from there, and broken. */
class PartsInvariantsTest extends TransportKit {
  @Override
  protected Ends open(Awaiter co) {
    LocalTransport transport = LocalTransport.open(scheduler, "local", LIMITS);
    return new Ends(transport, transport, () -> {});
  }

  /** PutWindow: "There are never more places than the window has." */
  @Test
  void thereAreNeverMorePlacesThanTheWindowHas() {
    PutWindow window = new PutWindow(KIT_QUEUE, LIMITS, () -> "id", message -> {});
    assertThatThrownBy(window::giveRoom)
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("has got back more than it gave");
  }

  /**
   * PutWindow: "Somebody waits only while there is no room": an arm of a select that has lost does
   * not wait, and has no part in the room that another arm of the select gives back.
   */
  @Test
  void aPutThatHasLostItsSelectIsPassedOverWhenThereIsRoom() {
    play(
        (co, ends) -> {
          PutWindow[] window = {null};
          TransportLimits one = LIMITS.withWindow(1);
          PutWindow.Transmission transmission =
              new PutWindow.Transmission() {
                @Override
                public void transmit(Outgoing message) {}

                @Override
                public void abandoned(Outgoing question) {
                  window[0].giveRoom();
                }
              };
          window[0] = new PutWindow(KIT_QUEUE, one, () -> "id", transmission);
          Lanes<PutWindow> lanes = Lanes.ofWindows(scheduler, "a test", one, to -> window[0]);
          Event stop = new Event("stop");
          Task<?> selects =
              kind.submit(
                  scheduler,
                  "selects",
                  c ->
                      c.await(
                          Select.any(
                              lanes.request(KIT_QUEUE, bytes("?"), LONG),
                              lanes.put(KIT_QUEUE, null, bytes("m")),
                              stop.await())));
          co.await(Task.yield());
          assertThat(window[0]).hasToString("window to queue 'kit.queue' (1 under way, 1 waiting)");
          stop.set();
          var _ = co.await(selects.join());
          assertThat(window[0]).hasToString("window to queue 'kit.queue' (0 under way, 0 waiting)");
          assertThat(lanes.offer(KIT_QUEUE, bytes("more"))).isTrue();
        });
  }

  /**
   * Inbox: "No more deliveries than the credit are unacknowledged": a question whose time is over
   * makes room, by which another message comes while one is given.
   */
  @Test
  void noMoreDeliveriesThanTheCreditAreUnacknowledged() {
    play(
        (co, ends) -> {
          LocalTransport small = LocalTransport.open(scheduler, "small", LIMITS.withWindow(2));
          assertThatThrownBy(
                  () -> co.await(small.request(KIT_QUEUE, bytes("?"), Duration.ofMillis(1))))
              .isInstanceOf(DeadlinePassedException.class);
          co.await(Timers.sleep(Duration.ofMillis(2)));
          co.await(small.put(KIT_QUEUE, bytes("m0")));
          Task<?> puts =
              kind.submit(scheduler, "puts", c -> c.await(small.put(KIT_QUEUE, bytes("m1"))));
          co.await(Task.yield());
          assertThat(puts.isDone()).isFalse();
          try (MessageReceiver receiver = small.receiver(KIT_QUEUE, 1)) {
            List<String> got = new ArrayList<>(take(co, receiver, 1));
            assertThat(receiver.unacknowledged()).isZero();
            got.addAll(take(co, receiver, 1));
            assertThat(got).containsExactly("m0", "m1");
          }
          var _ = co.await(puts.join());
          assertThat(small.held()).isZero();
          small.close();
        });
  }

  /** AddressQueue: "those that are held, each of which is over once". */
  @Test
  void eachMessageIsOverOnce() {
    play(
        (co, ends) -> {
          Mailroom mailroom = new Mailroom(scheduler, "a test", LIMITS, parcel -> {});
          AddressQueue queue = mailroom.at(KIT_QUEUE);
          Parcel parcel = new Parcel(KIT_QUEUE, "id", bytes("m"), false, null);
          queue.add(parcel);
          assertThat(queue.drain()).containsExactly(parcel);
          queue.add(parcel);
          Object _ = queue.ready().pollFirstEntry();
          queue.handled(parcel);
          assertThatThrownBy(() -> queue.handled(parcel))
              .isInstanceOf(AssertionError.class)
              .hasMessageEndingWith("is handled once too often");
          assertThatThrownBy(() -> queue.back(List.of(parcel)))
              .isInstanceOf(AssertionError.class)
              .hasMessageEndingWith("although it is over");
        });
  }

  /** WorkSignal: "so nobody waits meanwhile". */
  @Test
  void nobodyWaitsForASignalThatWasRung() {
    play(
        (co, ends) -> {
          WorkSignal signal = new WorkSignal("something to do");
          Task<?> waits = kind.submit(scheduler, "waits", c -> c.await(signal));
          co.await(Task.yield());
          Fields.set(signal, "rung", true);
          assertThatThrownBy(signal::ring)
              .isInstanceOf(AssertionError.class)
              .hasMessageContaining("was rung and somebody waits");
          Fields.set(signal, "rung", false);
          signal.ring();
          var _ = co.await(waits.join());
        });
  }
}
