package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** "Shown by" 4: many actors, many messages. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#eachOnce")
class ActorScaleTest {
  private static final int ACTORS = 1_000;
  private static final int SENDERS = 100;
  private static final int LIMIT = 8;

  @Parameter Kind kind;

  private record Numbered(int from, int n) {}

  /**
   * A million in coroutine style, on one engine, as woven tasks have no use for it; the other
   * styles wait through a fixture that costs more.
   */
  private boolean isOfMillions() {
    return kind.style() == Kind.Style.COROUTINE && kind.engine() == Kind.engines().getFirst();
  }

  @Test
  void aThousandActorsReceiveAMillionMessagesThoseOfEachPairInOrder() {
    int each = isOfMillions() ? 10 : 1;
    int[][] last = new int[SENDERS][ACTORS];
    long[] received = {0};
    int[] most = {0};
    try (Troupe troupe = new Troupe(kind)) {
      List<Actor<Numbered>> actors = new ArrayList<>();
      for (int i = 0; i < ACTORS; i++) {
        int to = i;
        actors.add(
            troupe.actor(
                "actor " + i,
                LIMIT,
                (me, message) -> {
                  received[0]++;
                  if (message.n != ++last[message.from][to]) {
                    throw new AssertionError(message + " to " + to);
                  }
                }));
      }
      int[] sending = {SENDERS};
      for (int s = 0; s < SENDERS; s++) {
        int from = s;
        troupe.task(
            "sender " + s,
            me -> {
              for (int n = 1; n <= each; n++) {
                for (int i = 0; i < ACTORS; i++) {
                  Actor<Numbered> actor = actors.get((from * 7 + i) % ACTORS);
                  me.await(actor.put(new Numbered(from, n)));
                  most[0] = Math.max(most[0], actor.size());
                }
              }
              if (--sending[0] == 0) {
                me.does(() -> actors.forEach(Actor::close));
              }
            });
      }
      troupe.run();
    }
    assertThat(received[0]).isEqualTo((long) SENDERS * ACTORS * each);
    assertThat(most[0]).isLessThanOrEqualTo(LIMIT);
  }

  /** As a recursion this would need a stack of some hundred megabytes. */
  @Test
  void aMillionHopsNeedNoStack() {
    int hops = isOfMillions() ? 1_000_000 : 100_000;
    int[] handled = {0};
    int[] most = {0};
    try (Troupe troupe = new Troupe(kind)) {
      Actor<Integer> actor = new Actor<>(troupe.scheduler, "counter");
      troupe.start(
          actor,
          me -> {
            while (me.await(actor.receive()) instanceof Integer n && n > 0) {
              handled[0]++;
              most[0] =
                  Math.max(
                      most[0], StackWalker.getInstance().walk(s -> (int) s.limit(200).count()));
              if (kind.style() == Kind.Style.STEP) {
                me.does(() -> actor.send(n - 1));
              } else {
                actor.send(n - 1);
              }
            }
          });
      actor.send(hops);
      troupe.run();
    }
    assertThat(handled[0]).isEqualTo(hops);
    assertThat(most[0]).isLessThan(100);
  }
}
