package dev.heddle.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Explores all {@link PrimitivePrograms} with the primitives that its class loader gives; loaded
 * anew for each mutation.
 */
public final class MutationPrograms implements Callable<String> {
  private static final long RUNS = 400;

  /** The class that is mutated; its programs come first. */
  private static final String FIRST = "heddle.mutated";

  /** For the class loader of {@link MutationsTest}. */
  public MutationPrograms() {}

  /** The first program that fails, and how; empty if none does. */
  @Override
  public String call() {
    String about = System.getProperty(FIRST, "") + ":";
    List<String> names =
        PrimitivePrograms.all().keySet().stream()
            .sorted(Comparator.comparing((String name) -> !name.startsWith(about)))
            .toList();
    for (String name : names) {
      try {
        Explorer.Report _ =
            Explorer.of(PrimitivePrograms.all().get(name))
                .runs(RUNS)
                .races(false)
                .unshrunk()
                .turns(2_000)
                .within(Duration.ofSeconds(5))
                .runWithin(Duration.ofSeconds(5))
                .traces(Path.of(System.getProperty("java.io.tmpdir"), "heddle-mutations"))
                .printer(line -> {})
                .check();
      } catch (Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return name + " | " + String.valueOf(cause).lines().findFirst().orElse("");
      }
    }
    return "";
  }
}
