package dev.heddle.process.codec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Data for the tests of codecs and of processes: each kind of class that may travel. */
public final class Drawings {
  private Drawings() {}

  public record Point(int x, int y) {}

  public enum Colour {
    RED,
    GREEN
  }

  public sealed interface Shape {}

  public record Circle(Point centre, double radius) implements Shape {}

  @SuppressWarnings("ArrayRecordComponent") // compared field by field
  public record Drawing(
      String title,
      List<Shape> shapes,
      Map<String, Point> named,
      Optional<Colour> colour,
      byte[] bytes) {}
}
