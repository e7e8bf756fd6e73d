package dev.heddle.samples;

import dev.heddle.coroutine.Generator;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Walks a binary tree in order, by recursion: a subtree's generator is delegated to with {@code
 * yieldFrom} (PEP 380).
 *
 * <p>You will see {@code 1 2 3 4 5 6 7}, and then what it takes to find out whether two trees of
 * different shape hold the same numbers: the two walks side by side, stopped at the first
 * difference.
 */
@Command(name = "tree-walk", description = "A tree walked by recursion, with yield from.")
@Recipe("R4")
final class TreeWalk implements Runnable {
  @Mixin private final Terminal terminal = new Terminal();

  /** A node with a subtree, or null, at each side. */
  record Tree(@Nullable Tree left, int value, @Nullable Tree right) {
    Generator<Integer> walk() {
      return Generator.of(
          y -> {
            if (left != null) {
              y.yieldFrom(left.walk());
            }
            y.yield(value);
            if (right != null) {
              y.yieldFrom(right.walk());
            }
          });
    }

    /** A balanced tree of the numbers in a range. */
    static Tree balanced(int from, int to) {
      int middle = (from + to) / 2;
      return new Tree(
          from < middle ? balanced(from, middle - 1) : null,
          middle,
          middle < to ? balanced(middle + 1, to) : null);
    }

    /** The same as a chain to the right. */
    static Tree chain(int from, int to) {
      return new Tree(null, from, from < to ? chain(from + 1, to) : null);
    }
  }

  @Override
  public void run() {
    PrintWriter out = terminal.out();
    String separator = "";
    for (int value : Tree.balanced(1, 7).walk()) {
      out.print(separator + value);
      separator = " ";
    }
    out.println();
    out.println("balanced and chain: " + compare(Tree.balanced(1, 7), Tree.chain(1, 7)));
    out.println("1 to 7 and 1 to 9: " + compare(Tree.balanced(1, 7), Tree.chain(1, 9)));
  }

  private static String compare(Tree one, Tree other) {
    try (var first = one.walk();
        var second = other.walk()) {
      var a = first.iterator();
      var b = second.iterator();
      while (a.hasNext() && b.hasNext()) {
        if (!a.next().equals(b.next())) {
          return "different numbers";
        }
      }
      return a.hasNext() || b.hasNext() ? "one goes on" : "the same numbers";
    }
  }
}
