package dev.heddle.test;

import static dev.heddle.test.BuggyLibraries.check;
import static dev.heddle.test.BuggyLibraries.late;
import static dev.heddle.test.BuggyLibraries.spawn;
import static dev.heddle.test.BuggyPrograms.preempted;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Those of {@link BuggyLibraries} in which somebody goes by what was true before. */
final class BuggyChecks {
  private BuggyChecks() {}

  // Who goes by what was true before.

  static void walkThroughInstances(Simulation sim) {
    Map<String, Integer> instances = new HashMap<>(Map.of("1", 1, "2", 2));
    spawn(
        sim,
        "registers",
        co -> {
          int highest = 0;
          for (int number : instances.values()) {
            highest = Math.max(highest, number);
            co.await(preempted());
          }
          instances.put("" + (highest + 1), highest + 1);
        });
    spawn(
        sim,
        "removes",
        co -> {
          late(co);
          instances.remove("2");
        });
  }

  static void checkedThenGone(Simulation sim, String what) {
    @Nullable String[] field = {what};
    spawn(
        sim,
        "user",
        co -> {
          late(co);
          if (field[0] != null) {
            co.await(preempted());
            check(field[0] != null, "the " + what + " is null");
          }
        });
    spawn(
        sim,
        "sets null",
        co -> {
          co.await(preempted());
          field[0] = null;
        });
  }

  static void savedAndRestored(Simulation sim) throws Exception {
    String[] in = {"the system's"};
    for (int i = 0; i < 2; i++) {
      int number = i;
      spawn(
          sim,
          "builder" + i,
          co -> {
            for (int turn = 0; turn < 4 * number; turn++) {
              co.await(preempted());
            }
            String saved = in[0];
            in[0] = "of builder " + number;
            co.await(preempted());
            co.await(preempted());
            in[0] = saved;
          });
    }
    sim.run();
    check(in[0].equals("the system's"), "the input is that " + in[0]);
  }

  static void makesFolders(Simulation sim) throws Exception {
    boolean[] parent = new boolean[1];
    int[] children = new int[1];
    for (int i = 0; i < 2; i++) {
      int number = i;
      spawn(
          sim,
          "maker" + i,
          co -> {
            for (int turn = 0; turn < 3 * number; turn++) {
              co.await(preempted());
            }
            if (!parent[0]) {
              co.await(preempted());
              if (parent[0]) {
                return; // it was made meanwhile: taken for a failure, and the child is not made
              }
              parent[0] = true;
            }
            children[0]++;
          });
    }
    sim.run();
    check(children[0] == 2, children[0] + " folders were made");
  }

  /** The length is taken, then the text is shortened, then so many are copied. */
  static void lengthOfBefore(Simulation sim, int offset) {
    StringBuilder text = new StringBuilder("0123456789");
    spawn(
        sim,
        "copies",
        co -> {
          late(co);
          int length = text.length();
          co.await(preempted());
          check(text.substring(offset, length).length() == length - offset, "too short");
        });
    spawn(
        sim,
        "deletes",
        co -> {
          co.await(preempted());
          text.delete(offset + 1, text.length());
        });
  }

  static void attaches(Simulation sim) throws Exception {
    String[] attachment = {"none"};
    List<String> before = new ArrayList<>();
    for (String name : List.of("A", "B")) {
      spawn(
          sim,
          name,
          co -> {
            for (int turn = 0; name.equals("B") && turn < 3; turn++) {
              co.await(preempted());
            }
            String old = attachment[0];
            co.await(preempted());
            attachment[0] = name;
            before.add(old);
          });
    }
    sim.run();
    check(!before.equals(List.of("none", "none")), "both have replaced the same");
  }

  static void namesItsBundle(Simulation sim) {
    @Nullable String[] bundle = new String[1];
    for (String name : List.of("A", "B")) {
      spawn(
          sim,
          name,
          co -> {
            for (int turn = 0; name.equals("B") && turn < 3; turn++) {
              co.await(preempted());
            }
            if (bundle[0] == null) {
              co.await(preempted());
              check(bundle[0] == null, "it has bundle " + bundle[0] + " now, not " + name);
              bundle[0] = name;
            }
          });
    }
  }

  static void doneBeforeTheResult(Simulation sim) {
    boolean[] done = new boolean[1];
    @Nullable String[] result = new String[1];
    spawn(
        sim,
        "sets",
        co -> {
          done[0] = true;
          co.await(preempted());
          result[0] = "result";
        });
    spawn(
        sim,
        "gets",
        co -> {
          late(co);
          check(!done[0] || result[0] != null, "it is done and has no result");
        });
  }

  static void registersWhatIsClosed(Simulation sim) throws Exception {
    boolean[] open = {true};
    List<String> keys = new ArrayList<>();
    spawn(
        sim,
        "registers",
        co -> {
          late(co);
          if (open[0]) {
            co.await(preempted());
            keys.add("key");
          }
        });
    spawn(
        sim,
        "closes",
        co -> {
          co.await(preempted());
          open[0] = false;
          keys.clear();
        });
    sim.run();
    check(keys.isEmpty(), "a key of a closed channel is valid");
  }

  static void publishedTooEarly(Simulation sim, String what) {
    @Nullable String[] found = new String[2];
    spawn(
        sim,
        "makes",
        co -> {
          found[0] = what; // others find it now
          co.await(preempted());
          found[1] = "what is in it";
        });
    spawn(
        sim,
        "looks up",
        co -> {
          late(co);
          check(found[0] == null || found[1] != null, what + " has nothing in it");
        });
  }

  static void removesAllBelowAWalk(Simulation sim) {
    List<String> appenders = new ArrayList<>(List.of("a", "b"));
    for (String name : List.of("A", "B")) {
      spawn(
          sim,
          name,
          co -> {
            for (int turn = 0; name.equals("B") && turn < 5; turn++) {
              co.await(preempted());
            }
            int length = appenders.size();
            for (int i = 0; i < length; i++) {
              check(i < appenders.size(), "there is no appender " + i);
              co.await(preempted());
            }
            appenders.clear();
          });
    }
  }

  static void addsOneTooMany(Simulation sim) {
    int[] active = new int[1];
    int most = 1;
    spawn(
        sim,
        "adds",
        co -> {
          late(co);
          if (active[0] < most) {
            co.await(preempted()); // makes the object
            active[0]++;
            check(active[0] <= most, "too many active instances: " + active[0]);
          }
        });
    spawn(
        sim,
        "borrows",
        co -> {
          co.await(preempted());
          if (active[0] < most) {
            active[0]++;
            co.await(preempted());
            check(active[0] <= most, "too many active instances: " + active[0]);
          }
        });
  }
}
