package dev.heddle.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The operations of a task of a {@link Scenario}: one after the other, and blocks of them. */
sealed interface ScenarioTree {

  /** One operation. */
  record Op(String text) implements ScenarioTree {
    String[] words() {
      return text.split(" ");
    }
  }

  /**
   * Operations between a word that opens and {@code end}, or {@code throw}, which lets through what
   * the block is left by.
   */
  final class Block implements ScenarioTree {
    final String[] words;
    final List<ScenarioTree> body = new ArrayList<>();

    /** What comes behind {@code finally} or {@code catch}. */
    final List<ScenarioTree> cleanup = new ArrayList<>();

    String middle = "";
    boolean isThrowing;

    Block(String[] words) {
      this.words = words;
    }

    private List<ScenarioTree> last() {
      return middle.isEmpty() ? body : cleanup;
    }
  }

  /** Reads the operations of a line. */
  static List<ScenarioTree> of(String line) {
    Deque<Block> open = new ArrayDeque<>();
    open.push(new Block(new String[0]));
    for (String op : line.trim().split("; ")) {
      Block block = open.peek();
      String[] words = op.split(" ");
      switch (words[0]) {
        case "timeout", "group", "try", "shield" -> {
          Block inner = new Block(words);
          block.last().add(inner);
          open.push(inner);
        }
        case "finally", "catch" -> block.middle = op;
        case "end", "throw" -> {
          block.isThrowing = op.equals("throw");
          open.pop();
        }
        default -> block.last().add(new Op(op));
      }
    }
    return open.pop().body;
  }
}
