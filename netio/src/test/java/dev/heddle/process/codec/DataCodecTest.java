package dev.heddle.process.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.process.codec.Drawings.Circle;
import dev.heddle.process.codec.Drawings.Colour;
import dev.heddle.process.codec.Drawings.Drawing;
import dev.heddle.process.codec.Drawings.Point;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may travel does, as it was; nothing else does; and no message can do harm. */
class DataCodecTest {
  private static final int MOST = 1 << 20;
  private final DataCodec codec = new DataCodec(20, 1000, Point.class, Colour.class);

  private Object sent(Object value) throws CodecException {
    return codec.decode(codec.encode(value, Object.class, MOST), Object.class);
  }

  static List<Object> data() {
    return Arrays.asList(
        null,
        true,
        false,
        (byte) -128,
        Short.MIN_VALUE,
        '\uffff',
        0,
        -1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Float.NaN,
        -0.0,
        Double.MIN_VALUE,
        "",
        "\0 umlaut \u00fc, \u20ac, \ud83d\ude00",
        "half \ud83d",
        "half \ude00 too",
        new byte[] {1, 2, 3},
        Colour.RED,
        Optional.empty(),
        Optional.of(1),
        new Point(1, 2),
        List.of(),
        Arrays.asList(1, null, "x"),
        new LinkedHashSet<>(List.of(3, 1, 2)),
        new TreeMap<>(Map.of("b", 1, "a", List.of(new Point(0, 0), new Point(1, 1)))));
  }

  @ParameterizedTest
  @MethodSource("data")
  void dataArrivesAsItWas(Object value) throws CodecException {
    assertThat(sent(value)).isEqualTo(value);
  }

  @Test
  void collectionsKeepTheirOrderAndCannotBeChanged() throws CodecException {
    Set<?> set = (Set<?>) sent(new LinkedHashSet<>(List.of(3, 1, 2)));
    assertThat(set).hasToString("[3, 1, 2]").isUnmodifiable();
    assertThat((List<?>) sent(new ArrayList<>(List.of(1)))).isUnmodifiable();
    assertThat((Map<?, ?>) sent(new TreeMap<>(Map.of(1, 2)))).isUnmodifiable();
  }

  @Test
  void whatTheDeclaredTypeReachesMayArriveAndNothingElse() throws CodecException {
    DataCodec plain = new DataCodec();
    Drawing drawing =
        new Drawing(
            "t",
            List.of(new Circle(new Point(1, 1), 2)),
            Map.of("p", new Point(3, 3)),
            Optional.of(Colour.RED),
            new byte[0]);
    assertThat(plain.decode(plain.encode(drawing, Drawing.class, MOST), Drawing.class))
        .usingRecursiveComparison()
        .isEqualTo(drawing);
    assertThat(Types.reachable(Drawing.class).keySet())
        .containsExactlyInAnyOrder(
            Drawing.class.getName(),
            Drawings.Shape.class.getName(),
            Circle.class.getName(),
            Point.class.getName(),
            Colour.class.getName());
    byte[] point = codec.encode(new Point(1, 2), Object.class, MOST);
    assertThatThrownBy(() -> plain.decode(point, Object.class))
        .isInstanceOf(CodecException.class)
        .hasMessage(
            "class dev.heddle.process.codec.Drawings$Point is not among those that may be received:"
                + " []");
    assertThatThrownBy(() -> plain.decode(point, Drawing.class))
        .hasMessage(
            "a dev.heddle.process.codec.Drawings$Point arrived, not a"
                + " dev.heddle.process.codec.Drawings$Drawing");
  }

  @Test
  void whatCannotBeSentIsNamedWithThePathToIt() {
    assertRefused(new Thread(), "java.lang.Thread cannot be sent; what can: null, primitives");
    assertRefused(List.of(1, Map.of("k", new File("f"))), "[1].value[0]: java.io.File cannot be");
    assertRefused(new OwnList(), "dev.heddle.process.codec.DataCodecTest$OwnList cannot be sent");
    assertRefused(Thread.State.NEW, "java.lang.Thread$State is not among the classes that");
    assertRefused((Runnable) () -> {}, "cannot be sent");
  }

  record Samples(List<double[]> rows) {}

  @Test
  void anArrayThatIsNotOfBytesIsRefusedByItsNameInTheSourceAndAListIsAdvised() {
    for (Object array : List.of(new int[1], new long[0], new char[2], new boolean[3])) {
      assertRefused(array, array.getClass().getComponentType() + "[] cannot be sent; what can: ");
      assertRefused(array, "; make a list of the array");
    }
    assertRefused(new byte[1][1], "byte[][] cannot be sent");
    assertRefused(new String[] {"a"}, "java.lang.String[] cannot be sent");
    assertRefused(new Point[1], "dev.heddle.process.codec.Drawings$Point[] cannot be sent");
    assertThatThrownBy(
            () -> codec.encode(new Samples(List.of(new double[] {1.5})), Samples.class, MOST))
        .isInstanceOf(CodecException.class)
        .hasMessageStartingWith(".rows[0]: double[] cannot be sent; what can: ");
  }

  private void assertRefused(Object value, String start) {
    assertThatThrownBy(() -> sent(value))
        .isInstanceOf(CodecException.class)
        .message()
        .contains(start);
  }

  private static final class OwnList extends ArrayList<String> {}

  private record Tree(String name, List<Tree> children) {}

  private sealed interface Shape {}

  private record Dot(int x) implements Shape {}

  private record Group<T>(T label, Optional<Group<T>> outer, Map<String, Shape> parts)
      implements Shape {}

  /** R21: what a type says of itself may go round in a circle; a value may not. */
  @Test
  void treesOfRecursiveTypesTravelAndCyclesAreRefusedWhereTheyClose() throws CodecException {
    Tree leaf = new Tree("leaf", List.of());
    Tree tree = new Tree("root", List.of(leaf, leaf, new Tree("twig", List.of(leaf))));
    Shape shapes =
        new Group<>(
            "a",
            Optional.of(new Group<>("b", Optional.empty(), Map.of())),
            Map.of("dot", new Dot(1), "group", new Group<>("c", Optional.empty(), Map.of())));
    DataCodec plain = new DataCodec();
    assertThat(plain.decode(plain.encode(tree, Tree.class, MOST), Tree.class)).isEqualTo(tree);
    assertThat(plain.decode(plain.encode(shapes, Shape.class, MOST), Shape.class))
        .isEqualTo(shapes);
    List<Tree> children = new ArrayList<>();
    Tree cyclic = new Tree("cyclic", List.of(new Tree("inner", children)));
    children.add(cyclic);
    assertThatThrownBy(() -> plain.encode(cyclic, Tree.class, MOST))
        .isInstanceOf(CodecException.class)
        .hasMessage(
            ".children[0].children[0]: this "
                + Tree.class.getName()
                + " contains itself; a tree can be sent");
    Map<String, Object> map = new java.util.HashMap<>();
    map.put("map", map);
    assertThatThrownBy(() -> plain.encode(map, Map.class, MOST))
        .hasMessage(".value[0]: this java.util.HashMap contains itself; a tree can be sent");
  }

  @Test
  void theLimitsHoldOnBothSides() throws CodecException {
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    assertRefused(itself, "[0]: this java.util.ArrayList contains itself; a tree can be sent");
    List<Integer> many = java.util.Collections.nCopies(1001, 1);
    assertRefused(many, "1001 elements; at most 1000 may be sent");
    assertThatThrownBy(() -> codec.encode("x".repeat(100), Object.class, 50))
        .isInstanceOf(CodecException.class)
        .hasMessage("the message would be longer than 50 bytes");
    DataCodec generous = new DataCodec(400, 100_000);
    byte[] manyBytes = generous.encode(many, Object.class, MOST);
    assertThatThrownBy(() -> codec.decode(manyBytes, Object.class))
        .hasMessage("1001 elements; at most 1000 may be received");
    Object deep = 1;
    for (int i = 0; i < 300; i++) {
      deep = List.of(deep);
    }
    byte[] deepBytes = generous.encode(deep, Object.class, MOST);
    assertThatThrownBy(() -> codec.decode(deepBytes, Object.class))
        .hasMessageEndingWith("more than 20 values inside of each other");
  }

  record Even(int n) {
    Even {
      if (n % 2 != 0) {
        throw new IllegalArgumentException(n + " is odd");
      }
    }
  }

  record Odd(int n) {}

  /** By way of another record's message, with the class name changed in it. */
  @Test
  void aRecordThatRefusesWhatArrivesIsNotMade() throws CodecException {
    byte[] message = new DataCodec().encode(new Odd(3), Odd.class, MOST);
    String text = new String(message, java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] forged =
        text.replace("$Odd", "$Even")
            .replace(
                (char) Odd.class.getName().length() + "dev",
                (char) Even.class.getName().length() + "dev")
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> new DataCodec().decode(forged, Even.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("Even cannot be made: java.lang.IllegalArgumentException: 3 is odd");
  }

  @Test
  void malformedMessagesAreNamedSo() throws CodecException {
    assertMalformed("ends in the middle of a value", new byte[0]);
    assertMalformed("has a value of the unknown kind 1", new byte[] {1});
    assertMalformed("goes on behind its end", new byte[] {Tag.NULL, Tag.NULL});
    assertMalformed("ends in the middle of a value", new byte[] {Tag.BYTES, 100, 0});
    assertMalformed("ends in the middle of a value", new byte[] {Tag.LIST, 100, Tag.NULL});
    assertMalformed("has a string that is not UTF-8", new byte[] {Tag.STRING, 1, (byte) 0xFF});
    assertMalformed("has an element twice in a set", new byte[] {Tag.SET, 2, Tag.NULL, Tag.NULL});
    byte[] point = codec.encode(new Point(1, 2), Object.class, MOST);
    assertMalformed("ends in the middle of a value", Arrays.copyOf(point, point.length - 1));
  }

  private void assertMalformed(String how, byte[] message) {
    assertThatThrownBy(() -> codec.decode(message, Object.class))
        .isInstanceOf(CodecException.class)
        .hasMessageContaining("malformed message: it " + how);
  }

  /** Each byte of a real message changed, and each message cut: an error or a value, no more. */
  @Test
  void noMessageDoesMoreThanToBeRefused() throws CodecException {
    byte[] message = codec.encode(data(), Object.class, MOST);
    Random random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      byte[] changed = Arrays.copyOf(message, message.length - random.nextInt(3));
      for (int i = 0; i <= random.nextInt(3); i++) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        Object _ = codec.decode(changed, Object.class);
      } catch (CodecException e) {
        assertThat(e.getMessage()).isNotEmpty();
      }
    }
  }
}
