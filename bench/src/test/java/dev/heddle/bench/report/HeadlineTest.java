package dev.heddle.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of samples, and which are refused. */
class HeadlineTest {
  private static final Figure TURN = MadeUp.figure(Catalogue.TURN, Unit.NANOS);
  private static final String RATE = ProcessSuites.echo(100, ProcessSuites.RATE);

  private static Row row(MadeUp samples) {
    return samples.report().headline().getFirst();
  }

  @Test
  void aRatioBelowItsTargetIsMetWhereLessIsBetter() {
    Row row = row(new MadeUp().with(TURN, Catalogue.WOVEN, 10).with(TURN, Catalogue.KOTLIN, 40));
    assertThat(row.ratio()).isEqualTo(0.25);
    assertThat(row.met()).isEqualTo("yes");
    assertThat(row.peerWins()).isFalse();
  }

  @Test
  void aTargetIsMissedThoughThePeerIsSlower() {
    Row row = row(new MadeUp().with(TURN, Catalogue.WOVEN, 10).with(TURN, Catalogue.KOTLIN, 20));
    assertThat(row.met()).isEqualTo("no");
    assertThat(row.peerWins()).isFalse();
  }

  @Test
  void moreRequestsAreBetter() {
    Figure rate = MadeUp.figure(RATE, Unit.REQUESTS);
    Row met = row(new MadeUp().with(rate, "heddle-coroutine", 130).with(rate, "Netty NIO", 100));
    Row not = row(new MadeUp().with(rate, "heddle-coroutine", 90).with(rate, "Netty NIO", 100));
    assertThat(met.met()).isEqualTo("yes");
    assertThat(not.met()).isEqualTo("no");
    assertThat(not.peerWins()).isTrue();
  }

  @Test
  void wherePeersAreAheadIsSaidAndTheLowerBoundIsNoPeer() {
    MadeUp samples =
        new MadeUp()
            .with(TURN, Catalogue.WOVEN, 10)
            .with(TURN, Catalogue.STEP, 8)
            .with(TURN, Measured.LOWER_BOUND, 3);
    assertThat(samples.report().peersAhead()).isEmpty();
    assertThat(samples.with(TURN, Catalogue.KOTLIN, 7).report().peersAhead())
        .containsExactly(Catalogue.TURN + ": Kotlin 7.00 ns, heddle step 8.00 ns");
  }

  /** Else a target is never looked at, because somebody renamed a figure. */
  @Test
  void everyTargetNamesAFigureThatIsMeasured() {
    Set<String> names = new HashSet<>();
    for (Effort effort : List.of(Effort.TINY, Effort.QUICK, Effort.FULL)) {
      Catalogue all = Catalogue.of(effort, Path.of("unused"), "Main", List.of("vthread"));
      all.figures().forEach(figure -> names.add(figure.name()));
      assertThat(
              all.sources(Catalogue.names()).stream()
                  .map(Source::suite)
                  .collect(Collectors.toSet()))
          .isEqualTo(Catalogue.names());
    }
    for (Target target : Targets.all()) {
      assertThat(names).contains(target.figure(), target.peerFigure());
    }
  }

  @Test
  void aQuickReportEndsWithinFiveMinutes() {
    List<String> servers =
        List.of("heddle-coroutine", "heddle-lines", "vthread", "platform", "netty-nio", "c-epoll");
    Catalogue all = Catalogue.of(Effort.QUICK, Path.of("unused"), "Main", servers);
    Duration round =
        all.sources(Catalogue.names()).stream()
            .map(Source::cost)
            .reduce(Duration.ZERO, Duration::plus);
    assertThat(round).isLessThan(Duration.ofMinutes(4));
    assertThat(Effort.QUICK.budget()).isLessThan(Duration.ofMinutes(5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void whatTookNoTimeIsRefused(double sample) {
    Samples samples = new Samples(List.of(TURN));
    assertThatThrownBy(() -> samples.add(TURN.name(), "Kotlin", 12, sample))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no measurement of work that was done");
  }

  @Test
  void aContenderWithoutSamplesIsRefused() {
    Samples samples = new Samples(List.of(TURN));
    assertThatThrownBy(() -> samples.add(TURN.name(), "Kotlin"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no sample was taken");
  }

  @Test
  void elsewhereThanOnATerminalALineAMinuteSaysHowMuchIsLeft() {
    long[] now = new long[1];
    StringWriter out = new StringWriter();
    Duration each = Duration.ofSeconds(20);
    Countdown countdown = new Countdown(new PrintWriter(out), false, () -> now[0]);
    countdown.plan(each.multipliedBy(10), 10);
    for (int i = 0; i < 10; i++) {
      countdown.begin("turn");
      now[0] += Duration.ofSeconds(40).toNanos(); // twice as long as planned
      countdown.end(each);
    }
    assertThat(out.toString().lines())
        .containsExactly(
            "3/10 turn, about 5 min left",
            "5/10 turn, about 4 min left",
            "7/10 turn, about 3 min left",
            "9/10 turn, about 80 s left");
  }

  @Test
  void whatIsLeftIsCountedWithoutRoundsForWhichThereIsNoTime() {
    long[] now = new long[1];
    StringWriter out = new StringWriter();
    Duration each = Duration.ofSeconds(100);
    Countdown countdown = new Countdown(new PrintWriter(out), false, () -> now[0]);
    countdown.plan(each.multipliedBy(20), 20);
    now[0] += each.toNanos();
    countdown.end(each);
    countdown.plan(each.multipliedBy(4), 4);
    countdown.begin("turn");
    assertThat(out.toString().lines()).containsExactly("2/4 turn, about 5 min left");
  }

  @Test
  void onATerminalALineIsWrittenOver() {
    StringWriter out = new StringWriter();
    Countdown countdown = new Countdown(new PrintWriter(out), true, () -> 0);
    countdown.plan(Duration.ofSeconds(20), 2);
    countdown.begin("turn");
    assertThat(out.toString()).startsWith("\r").contains("1/2 turn, about 20 s left");
    assertThat(out.toString()).doesNotContain("\n");
  }
}
