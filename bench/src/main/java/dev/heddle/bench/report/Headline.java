package dev.heddle.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the samples say: each target met or not, and where a peer is better. */
final class Headline {
  private static final Comparator<Measured> BEST_FIRST =
      (a, b) -> a.isBetterThan(b) ? -1 : b.isBetterThan(a) ? 1 : 0;

  private final List<Measured> measured;

  Headline(List<Measured> measured) {
    this.measured = measured;
  }

  /** A row for each target whose figures were measured. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Target target : Targets.all()) {
      find(target.figure(), target.ours())
          .ifPresent(
              ours -> {
                if (target.isAbsolute()) {
                  rows.add(absolute(target, ours));
                } else {
                  find(target.peerFigure(), target.peer())
                      .ifPresent(peer -> rows.add(relative(target, ours, peer)));
                }
              });
    }
    return rows;
  }

  private Optional<Measured> find(String figure, String contender) {
    return measured.stream()
        .filter(each -> each.figure().name().equals(figure) && each.contender().equals(contender))
        .findFirst();
  }

  private static Row absolute(Target target, Measured ours) {
    Unit unit = ours.figure().unit();
    boolean met = isMet(unit, ours.median(), target.limit());
    String limit = sign(unit) + " " + unit.show(target.limit());
    return new Row(
        target.figure(), shown(ours), Row.NONE, 0, 0, 0, limit, met ? "yes" : "no", false);
  }

  private static Row relative(Target target, Measured ours, Measured peer) {
    Unit unit = ours.figure().unit();
    double ratio = ours.median() / peer.median();
    Bootstrap.Interval interval = Bootstrap.ratio(ours.rounds(), peer.rounds());
    String other =
        target.peerFigure().equals(target.figure())
            ? shown(peer)
            : shown(peer) + " (" + target.peerFigure() + ")";
    return new Row(
        target.figure(),
        shown(ours),
        other,
        ratio,
        interval.low(),
        interval.high(),
        String.format(Locale.ROOT, "%s %.2f", sign(unit), target.limit()),
        isMet(unit, ratio, target.limit()) ? "yes" : "no",
        peer.isPeer() && peer.isBetterThan(ours));
  }

  private static boolean isMet(Unit unit, double value, double limit) {
    return unit.lessIsBetter() ? value <= limit : value >= limit;
  }

  private static String sign(Unit unit) {
    return unit.lessIsBetter() ? "<=" : ">=";
  }

  private static String shown(Measured who) {
    return who.contender() + " " + who.shown();
  }

  /** Figures in which the best peer is better than the best of ours. */
  List<String> peersAhead() {
    Map<String, List<Measured>> byFigure =
        measured.stream().collect(Collectors.groupingBy(each -> each.figure().name()));
    List<String> ahead = new ArrayList<>();
    for (String figure : measured.stream().map(each -> each.figure().name()).distinct().toList()) {
      List<Measured> all = byFigure.getOrDefault(figure, List.of());
      Optional<Measured> ours = all.stream().filter(Measured::isOurs).min(BEST_FIRST);
      Optional<Measured> peer = all.stream().filter(Measured::isPeer).min(BEST_FIRST);
      if (ours.isPresent() && peer.isPresent() && peer.get().isBetterThan(ours.get())) {
        ahead.add("%s: %s, %s".formatted(figure, shown(peer.get()), shown(ours.get())));
      }
    }
    return ahead;
  }
}
