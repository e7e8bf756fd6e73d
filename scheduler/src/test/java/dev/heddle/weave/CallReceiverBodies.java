package dev.heddle.weave;

import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Yielder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls whose target is found by the receiver's class: virtual, interface, default, generic. */
final class CallReceiverBodies {
  private CallReceiverBodies() {}

  interface Animal {
    Object speak(Yielder<Object, Object> y, Object to);

    default Object greet(Yielder<Object, Object> y, Object to) {
      return "hello " + speak(y, to) + y.yield("greeted");
    }
  }

  record Dog(String name) implements Animal {
    @Override
    public Object speak(Yielder<Object, Object> y, Object to) {
      return name + " barks at " + y.yield(to);
    }
  }

  record Cat(String name) implements Animal {
    @Override
    public Object speak(Yielder<Object, Object> y, Object to) {
      Object first = y.yield("purr");
      return name + first + y.yield(to);
    }

    @Override
    public Object greet(Yielder<Object, Object> y, Object to) {
      return "silence " + Animal.super.greet(y, to);
    }
  }

  /** Does not suspend. */
  record Fish() implements Animal {
    @Override
    public Object speak(Yielder<Object, Object> y, Object to) {
      return "...";
    }
  }

  abstract static class Node {
    abstract Object sum(Yielder<Object, Object> y);

    Object twice(Yielder<Object, Object> y) {
      return sum(y) + "&" + sum(y);
    }
  }

  static final class Leaf extends Node {
    private final int value;

    Leaf(int value) {
      this.value = value;
    }

    @Override
    Object sum(Yielder<Object, Object> y) {
      return (int) y.yield(value);
    }
  }

  static class Fork extends Node {
    private final Node left;
    private final Node right;

    Fork(Node left, Node right) {
      this.left = left;
      this.right = right;
    }

    @Override
    Object sum(Yielder<Object, Object> y) {
      return (int) left.sum(y) + (int) right.sum(y);
    }
  }

  static final class Doubled extends Fork {
    Doubled(Node left, Node right) {
      super(left, right);
    }

    @Override
    Object sum(Yielder<Object, Object> y) {
      return 2 * (int) super.sum(y);
    }
  }

  /** Generic, with bridges in its subclasses. */
  interface Source<T extends Comparable<T>> {
    T next(Yielder<Object, Object> y, T after);
  }

  static final class Numbers implements Source<Integer> {
    @Override
    public Integer next(Yielder<Object, Object> y, Integer after) {
      return (int) y.yield(after) + 1;
    }
  }

  static final class Words implements Source<String> {
    @Override
    public String next(Yielder<Object, Object> y, String after) {
      return after + y.yield(after.length());
    }
  }

  abstract static class Maker {
    abstract Object make(Yielder<Object, Object> y);

    CharSequence text(Yielder<Object, Object> y) {
      return "base" + y.yield("base text");
    }
  }

  static final class TextMaker extends Maker {
    @Override
    String make(Yielder<Object, Object> y) {
      return "made " + y.yield("text");
    }

    @Override
    String text(Yielder<Object, Object> y) {
      return "own" + y.yield("own text") + super.text(y);
    }
  }

  static class Box<T> {
    private T held;

    Box(T held) {
      this.held = held;
    }

    T swap(Yielder<Object, Object> y, T by) {
      T was = held;
      y.yield("swap " + was);
      held = by;
      return was;
    }

    <R> R map(Yielder<Object, Object> y, Mapping<T, R> mapping) throws Exception {
      return mapping.apply(y, held);
    }
  }

  interface Mapping<T, R> extends java.io.Serializable {
    R apply(Yielder<Object, Object> y, T from) throws Exception;
  }

  static <T> T same(Yielder<Object, Object> y, T value) {
    y.yield("same?");
    return value;
  }

  @SuppressWarnings("unchecked")
  static <T> T sent(Yielder<Object, Object> y, T value) {
    return (T) y.yield(value);
  }

  static void addTo(Cases cases) {
    virtuals(cases);
    interfaces(cases);
    generics(cases);
    many(cases);
  }

  private static void virtuals(Cases cases) {
    cases.add("virtual callee of one class", log -> y -> new Leaf(3).sum(y));
    cases.add(
        "virtual callee by its superclass",
        log ->
            y -> {
              Node node = new Leaf(4);
              return node.sum(y) + "," + node.twice(y);
            });
    cases.add(
        "two receivers at one site",
        log ->
            y -> {
              Object all = "";
              for (Node node : List.of(new Leaf(1), new Fork(new Leaf(2), new Leaf(3)))) {
                all = all + ";" + node.sum(y);
              }
              return all;
            });
    cases.add(
        "tree of several classes",
        log -> y -> new Doubled(new Fork(new Leaf(1), new Leaf(2)), new Leaf(3)).twice(y));
    cases.add(
        "anonymous subclass",
        log ->
            y -> {
              int base = (int) y.yield(10);
              Node node =
                  new Node() {
                    @Override
                    Object sum(Yielder<Object, Object> inner) {
                      return base + (int) inner.yield(base);
                    }
                  };
              return node.sum(y) + "," + node.twice(y);
            });
    cases.add("covariant result", log -> y -> covariant(y, new TextMaker()));
    cases.add("narrower result by the subclass", log -> y -> new TextMaker().text(y).length());
  }

  private static Object covariant(Yielder<Object, Object> y, Maker maker) {
    return maker.make(y) + "," + maker.text(y);
  }

  private static void interfaces(Cases cases) {
    cases.add("interface callee", log -> y -> ((Animal) new Dog("Rex")).speak(y, "cat"));
    cases.add(
        "interface callees at one site",
        log ->
            y -> {
              List<Animal> animals = List.of(new Dog("A"), new Cat("B"), new Fish(), new Dog("C"));
              for (Animal animal : animals) {
                log.add(animal.speak(y, animal.toString()));
              }
              return "end";
            });
    cases.add("default callee", log -> y -> ((Animal) new Dog("Rex")).greet(y, "you"));
    cases.add(
        "default callee that is overridden and called", log -> y -> new Cat("Tom").greet(y, 1));
    cases.add("default callee around one that never suspends", log -> y -> new Fish().greet(y, 2));
    cases.add(
        "default callee of two interfaces",
        log ->
            y -> {
              interface Left {
                default Object side(Yielder<Object, Object> inner) {
                  return "left " + inner.yield("l");
                }
              }
              interface Right {
                default Object side(Yielder<Object, Object> inner) {
                  return "right " + inner.yield("r");
                }
              }
              class Both implements Left, Right {
                @Override
                public Object side(Yielder<Object, Object> inner) {
                  return Left.super.side(inner) + "" + Right.super.side(inner);
                }
              }
              return new Both().side(y);
            });
    cases.add(
        "receiver from a yield",
        log -> y -> ((Animal) y.yield(new Dog("sent"))).speak(y, "sender"));
    cases.add(
        "receiver from a call", log -> y -> sent(y, (Animal) new Cat("called")).greet(y, "caller"));
    cases.add(
        "interface receiver that is null",
        log ->
            y -> {
              Animal[] none = new Animal[1];
              try {
                return none[0].speak(y, y.yield("argument"));
              } catch (NullPointerException e) {
                return y.yield("null animal");
              }
            });
  }

  private static void generics(Cases cases) {
    cases.add("bridge of a generic interface", log -> y -> third(y, new Numbers(), 1));
    cases.add("bridge with text", log -> y -> third(y, new Words(), "w"));
    cases.add(
        "bridge with an argument of the wrong class",
        log ->
            y -> {
              @SuppressWarnings({"unchecked", "rawtypes"})
              Source<String> wrong = (Source<String>) (Source) new Numbers();
              try {
                return wrong.next(y, "text");
              } catch (ClassCastException e) {
                return y.yield("not a number");
              }
            });
    cases.add("generic static callee", log -> y -> same(y, "a").length() + same(y, 2));
    cases.add(
        "generic callee with an explicit type",
        log -> y -> CallReceiverBodies.<Long>sent(y, 7L) + 1L);
    cases.add(
        "callee of a generic class",
        log ->
            y -> {
              Box<String> box = new Box<>("first");
              return box.swap(y, "second").length() + box.swap(y, "third") + box.held;
            });
    cases.add(
        "generic callee of a generic class",
        log -> y -> new Box<>("text").<Integer>map(y, (z, t) -> t.length() + (int) z.yield(1)));
    cases.add(
        "result of the wrong class",
        log ->
            y -> {
              try {
                Integer n = CallReceiverBodies.<Integer>wrongly(y);
                return n;
              } catch (ClassCastException e) {
                return y.yield("not an Integer");
              }
            });
  }

  private static <T extends Comparable<T>> Object third(
      Yielder<Object, Object> y, Source<T> source, T first) {
    T second = source.next(y, first);
    T third = source.next(y, second);
    return third + "," + third.compareTo(second);
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T wrongly(Yielder<Object, Object> y) {
    return (T) ("text" + y.yield("wrongly"));
  }

  /** One class for each number. */
  private static Animal numbered(int n) {
    return switch (n % 10) {
      case 0 -> (y, to) -> "a" + n + y.yield(to);
      case 1 -> (y, to) -> n;
      case 2 -> (y, to) -> "c" + y.yield(n) + y.yield(to);
      case 3 -> new Dog("d" + n);
      case 4 -> new Cat("e" + n);
      case 5 -> new Fish();
      case 6 ->
          new Animal() {
            @Override
            public Object speak(Yielder<Object, Object> y, Object to) {
              return "g" + n + y.yield(to);
            }
          };
      case 7 ->
          new Animal() {
            @Override
            public Object speak(Yielder<Object, Object> y, Object to) {
              return "h" + n;
            }
          };
      case 8 -> Loud.of(n);
      default -> Loud.FIRST;
    };
  }

  enum Loud implements Animal {
    FIRST,
    SECOND {
      @Override
      public Object speak(Yielder<Object, Object> y, Object to) {
        return "second " + y.yield(to) + super.speak(y, to);
      }
    };

    static Loud of(int n) {
      return values()[n % 2];
    }

    @Override
    public Object speak(Yielder<Object, Object> y, Object to) {
      return "loud " + y.yield(name());
    }
  }

  private static void many(Cases cases) {
    cases.addOnStack("ten kinds of receivers at one site", "speak", log -> numbered(log, 10));
    cases.addOnStack("the same receivers twice at one site", "speak", log -> numbered(log, 20));
    cases.add("forty receivers at one site", log -> forty(log));
    cases.add(
        "receivers that change in the middle of a loop",
        log ->
            y -> {
              Animal animal = new Dog("first");
              for (int i = 0; i < 6; i++) {
                log.add(animal.speak(y, i));
                animal = i == 2 ? new Cat("second") : i == 4 ? new Fish() : animal;
              }
              return animal;
            });
    cases.add(
        "receivers in a map",
        log ->
            y -> {
              Map<String, Node> nodes = new LinkedHashMap<>();
              nodes.put("one", new Leaf(1));
              nodes.put("two", new Fork(nodes.get("one"), new Leaf(2)));
              for (Map.Entry<String, Node> node : nodes.entrySet()) {
                log.add(node.getKey() + node.getValue().sum(y));
              }
              return nodes.get("two").twice(y);
            });
  }

  /** Some receivers are lambdas of an interface that is not serializable. */
  private static CoroutineBody<Object, Object, Object> numbered(Cases.Log log, int most) {
    return y -> {
      for (int i = 0; i < most; i++) {
        log.add(numbered(i).speak(y, i));
      }
      return "end";
    };
  }

  private static CoroutineBody<Object, Object, Object> forty(Cases.Log log) {
    List<CallFortyBodies.Step> steps = new ArrayList<>(CallFortyBodies.steps());
    return y -> {
      for (CallFortyBodies.Step step : steps) {
        log.add(step.go(y, steps.size()));
      }
      return "end";
    };
  }
}
