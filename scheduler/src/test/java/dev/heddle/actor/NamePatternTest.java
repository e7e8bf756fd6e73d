package dev.heddle.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Receivers of several exchanges, and several receivers of one. */
@ParameterizedClass
@MethodSource("dev.heddle.fixtures.Kind#all")
class NamePatternTest {
  @Parameter Kind kind;

  private final List<String> seen = new ArrayList<>();

  @Test
  void aPatternReceivesFromThoseThatAreThereAndThoseThatAreMadeLater() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      Exchange<String> paid = exchanges.named("orders.paid", String.class);
      Exchange<String> other = exchanges.named("customers", String.class);
      troupe.task(
          "sender",
          me -> {
            try (var _ = exchanges.subscribe("orders.*", String.class, (name, m) -> see(name, m))) {
              me.does(() -> paid.send("1"));
              me.does(() -> other.send("2"));
              me.does(() -> exchanges.named("orders.sent", String.class).send("3"));
            }
            me.does(() -> paid.send("4"));
            me.does(() -> exchanges.named("orders.lost", String.class).send("5"));
          });
      troupe.run();
      assertThat(seen).containsExactly("orders.paid 1", "orders.sent 3");
      assertThat(paid.receivers()).isZero();
    }
  }

  @Test
  void aPatternMatchesWholeNamesToTheLetterButForItsStarsAndMarks() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      for (String pattern : List.of("*", "a.?", "a.b", "a*c", "***b", "", "[a].b", "\\Qa")) {
        var _ = exchanges.subscribe(pattern, Object.class, (name, m) -> see(pattern, name));
      }
      for (String name : List.of("a.b", "axb", "a.c", "a\nc")) {
        exchanges.named(name, Integer.class).send(1);
      }
      assertThat(seen)
          .containsExactly(
              "* a.b",
              "a.? a.b",
              "a.b a.b",
              "***b a.b",
              "* axb",
              "***b axb",
              "* a.c",
              "a.? a.c",
              "a*c a.c",
              "* a\nc",
              "a*c a\nc");
    }
  }

  @Test
  void messagesOfASubclassAreSeenAndThoseOfAnotherTypeAreNot() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      var _ = exchanges.subscribe("*", Number.class, (name, m) -> see(name, m));
      exchanges.named("integers", Integer.class).send(1);
      exchanges.named("texts", String.class).send("2");
      assertThat(seen).containsExactly("integers 1");
    }
  }

  @Test
  void oneThatThrowsIsDetachedFromThatExchangeAndTheOthersGoOn() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      var _ =
          exchanges.subscribe(
              "*",
              String.class,
              (name, m) -> {
                see(name, m);
                if (m.equals("bad")) {
                  throw new IllegalStateException("as a test wants");
                }
              });
      Exchange<String> one = exchanges.named("one", String.class);
      Exchange<String> two = exchanges.named("two", String.class);
      one.send("bad");
      one.send("unseen");
      two.send("good");
      assertThat(seen).containsExactly("one bad", "two good");
    }
  }

  @Test
  void severalAreAttachedAtOnceAndDetachedTogether() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchange<String> news = new Exchange<>(troupe.scheduler, "news");
      try (var _ = news.subscribe(m -> see("a", m), m -> see("b", m), m -> see("c", m))) {
        news.send("1");
        assertThat(news.receivers()).isEqualTo(3);
      }
      news.send("2");
      assertThat(news.receivers()).isZero();
      assertThat(seen).containsExactly("a 1", "b 1", "c 1");
    }
  }

  /** Closed exchanges are forgotten now and then; the others still receive. */
  @Test
  void aPatternOutlivesManyExchanges() {
    try (Troupe troupe = new Troupe(kind)) {
      Exchanges exchanges = new Exchanges(troupe.scheduler);
      var all = exchanges.subscribe("*", Integer.class, (name, m) -> see(name, m));
      Exchange<Integer> first = exchanges.named("first", Integer.class);
      for (int i = 0; i < 1000; i++) {
        exchanges.named("short " + i, Integer.class).close();
      }
      first.send(1);
      all.close();
      all.close();
      first.send(2);
      assertThat(seen).containsExactly("first 1");
    }
  }

  private void see(String name, Object message) {
    seen.add(name + " " + message);
  }
}
