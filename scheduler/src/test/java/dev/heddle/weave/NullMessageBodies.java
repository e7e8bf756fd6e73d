package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Bodies that each end by a null, for {@link NullMessageTest}: what a body yields is sent back to
 * it. Not what javac calls a name is tested here, but that it is called alike on a stack.
 */
@SuppressWarnings({"unused", "NullAway", "SynchronizeOnNonFinalField"})
final class NullMessageBodies
    implements Supplier<Map<String, CoroutineBody<Object, Object, Object>>> {

  private static final class Node {
    static Node first;
    private static Node last;
    private Node next;
    private int value;
    private int[] numbers;
    private Node[] nodes;
    Node open;

    private Node next() {
      return next;
    }

    private int take(String text, StringBuilder builder, Object[] array, int[] numbers, long wide) {
      return value;
    }

    private Object read(Yielder<Object, Object> y) {
      return y.yield(value);
    }

    Node open() {
      return open;
    }

    Object readOpen(Yielder<Object, Object> y) {
      return y.yield(value);
    }
  }

  private interface Reader {
    Object read(Yielder<Object, Object> y, int n);
  }

  private final Map<String, CoroutineBody<Object, Object, Object>> all = new LinkedHashMap<>();
  private Node mine;
  private String text;

  private void add(String name, CoroutineBody<Object, Object, Object> body) {
    all.put(name, body);
  }

  private static Node nobody() {
    return null;
  }

  private static Object helper(Yielder<Object, Object> y, Object given) {
    return y.yield(given);
  }

  private static Object parameters(long wide, Node node, Yielder<Object, Object> y, int index) {
    y.yield(wide);
    Node copy = node;
    y.yield(index);
    if (index == 0) {
      return node.open.open;
    }
    node = null;
    return index == 1 ? copy.nodes[index].value : node.open;
  }

  private Object own(Yielder<Object, Object> y, Object[] array) {
    y.yield(1);
    return array[2].hashCode() + mine.value;
  }

  private static <T> T id(T value) {
    return value;
  }

  @Override
  public Map<String, CoroutineBody<Object, Object, Object>> get() {
    members();
    elements();
    sent();
    underneath();
    receivers();
    variables();
    return all;
  }

  private void members() {
    add("private field of a private field", y -> new Node().next.value);
    add("private field of a field", y -> new Node().open.value);
    add("field of a private field", y -> new Node().next.open);
    add("field of a field", y -> new Node().open.open);
    add(
        "private field that is written",
        y -> {
          Node node = new Node();
          y.yield(1);
          node.next.value = (int) y.yield(3);
          return 1;
        });
    add(
        "private field that is counted",
        y -> {
          Node node = new Node();
          y.yield(1);
          return node.next.value++;
        });
    add("private method of a private field", y -> y.yield(new Node().next.next()));
    add("method of what a private method gives", y -> new Node().next().open());
    add("method of what a method gives", y -> new Node().open().open());
    add("field of what a private static method gives", y -> nobody().open);
    add("private static field", y -> Node.last.value);
    add("private static field, then an open one", y -> Node.last.open.open);
    add("static field", y -> Node.first.open());
    add(
        "method with parameters of many types",
        y -> new Node().next.take("", new StringBuilder(), new Object[0], new int[1], 3L));
    add(
        "a long way",
        y -> {
          Node n = new Node();
          n.next = n;
          n.open = n;
          y.yield(1);
          n.next.open.next.open.next.open.next.nodes[1].next.value = 3;
          return 1;
        });
    add("field of this", y -> mine.value + (int) y.yield(1));
    add("string of this", y -> y.yield(1) == null ? 1 : text.length());
    add("call that is cast", y -> ((Node) (Object) nobody()).next);
  }

  private void elements() {
    add("private array", y -> new Node().numbers[(int) y.yield(3)]);
    add("private array that is written", y -> new Node().numbers[1] = (int) y.yield(3));
    add("array of longs", y -> (new long[1][])[0][0] + (int) y.yield(1));
    add("length of a private array", y -> new Node().nodes.length);
    add(
        "element of a private array",
        y -> {
          Node node = new Node();
          node.nodes = new Node[3];
          int at = 2;
          y.yield(1);
          return node.nodes[at].next;
        });
    add(
        "element of an element",
        y -> {
          Object[][] rows = new Object[2][];
          int[] index = {1};
          y.yield(1);
          return rows[index[0]][(int) y.yield(0)];
        });
    add(
        "element that is computed",
        y -> {
          Node[] nodes = new Node[300];
          int i = (int) y.yield(100);
          return nodes[i * 2 + 1].value;
        });
    add("element number 200", y -> y.yield(1) == null ? 0 : (new Node[300])[200].value);
    add(
        "locked",
        y -> {
          synchronized (new Node().next) {
            return 1;
          }
        });
    add(
        "thrown",
        y -> {
          RuntimeException[] failures = new RuntimeException[1];
          y.yield(1);
          throw failures[0];
        });
  }

  private void sent() {
    add("what was sent", y -> y.yield(null).hashCode());
    add("what was sent, as a number", y -> 1 + (int) y.yield(null));
    add("what was sent, cast and called", y -> ((String) y.yield(null)).substring((int) 1L));
    add("what was sent, as an array", y -> ((int[]) y.yield(null))[1]);
    add("what was sent, its field", y -> ((Node) y.yield(null)).open);
    add("what was sent, its private field", y -> ((Node) y.yield(null)).next.next);
    add(
        "what was sent, kept in a variable",
        y -> {
          Object kept = y.yield(null);
          y.yield(1);
          return kept.toString();
        });
    add("what a suspending method gives", y -> helper(y, null).hashCode());
    add("what a suspending method gives, as a number", y -> (long) helper(y, null) + 1);
    add("one of two", y -> (y.yield(true) == null ? "" : (String) y.yield(null)).length());
  }

  private void underneath() {
    add(
        "variable called with what is sent",
        y -> {
          String s = (String) y.yield(null);
          return s.charAt((int) y.yield(1));
        });
    add(
        "field called with what is sent",
        y -> {
          Node n = new Node();
          return n.open.open().equals(y.yield(1));
        });
    add("private field called with what is sent", y -> mine.next.equals(y.yield(1)));
    add(
        "wide arguments, one of them sent",
        y -> {
          StringBuilder b = (StringBuilder) y.yield(null);
          return b.insert((int) y.yield(1), (long) (int) y.yield(2)).append(2.5);
        });
    add(
        "array that waits for its index and value",
        y -> {
          double[] values = (double[]) y.yield(null);
          values[(int) y.yield(1)] = (double) (int) y.yield(2);
          return 1;
        });
    add(
        "field that waits for its value",
        y -> {
          Node n = (Node) y.yield(null);
          n.open = (Node) y.yield(null);
          return 1;
        });
    add("kept while a method suspends", y -> id((String) null).concat((String) helper(y, "a")));
    add(
        "variable kept while a method suspends",
        y -> {
          String s = id(null);
          return s.concat((String) helper(y, "a"));
        });
  }

  private void receivers() {
    add("private suspending method", y -> mine.read(y));
    add("suspending method", y -> mine.readOpen(y));
    add("suspending method of what was sent", y -> ((Node) y.yield(null)).readOpen(y));
    add("private suspending method of what was sent", y -> ((Node) y.yield(null)).read(y));
    add(
        "suspending method of an interface",
        y -> {
          Reader reader = (Reader) y.yield(null);
          return reader.read(y, 3);
        });
  }

  private void variables() {
    for (int i = 0; i < 3; i++) {
      int index = i;
      add("parameters " + i, y -> parameters(7L, new Node(), y, index));
    }
    add("array of a method of its own", y -> own(y, new Object[] {1, 2, null}));
    long wide = 3;
    Node captured = null;
    Object other = "";
    add("captured", y -> wide + (int) y.yield(1) + captured.value + other.hashCode());
    add(
        "variable in a loop",
        y -> {
          int sum = 0;
          for (Node node : new Node[] {new Node(), null}) {
            sum += node.value + (int) y.yield(1);
          }
          return sum;
        });
    add(
        "variable in a handler",
        y -> {
          Node late = new Node();
          try {
            y.yield(1);
            late = null;
            throw new IllegalStateException();
          } catch (IllegalStateException e) {
            y.yield(2);
            return late.open;
          }
        });
    add("list in a loop", y -> loop(y, null));
    add("text in a switch", y -> select(y, null));
  }

  private static Object loop(Yielder<Object, Object> y, Iterable<String> all) {
    y.yield(1);
    for (String s : all) {
      y.yield(s);
    }
    return 1;
  }

  private static Object select(Yielder<Object, Object> y, String text) {
    y.yield(1);
    return switch (text) {
      case "a" -> y.yield(1);
      default -> 2;
    };
  }
}
