package dev.heddle.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where it was measured.
 *
 * @param loadAverage of the minute before, or below zero where the system does not say
 * @param flags of the JVM that makes the report
 */
record Machine(
    String cpu,
    int cores,
    long memoryBytes,
    String kernel,
    String jdk,
    List<String> flags,
    double loadAverage) {

  static Machine here() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    long memory =
        system instanceof com.sun.management.OperatingSystemMXBean sun
            ? sun.getTotalMemorySize()
            : 0;
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        memory,
        system.getName() + " " + system.getVersion() + " " + system.getArch(),
        System.getProperty("java.vm.name") + " " + Runtime.version(),
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        system.getSystemLoadAverage());
  }

  private static String cpuModel() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // not Linux
    }
    return System.getProperty("os.arch", "unknown");
  }

  /** For the name of a file: {@code amd-epyc-7b13}. */
  String slug() {
    return cpu.toLowerCase(Locale.ROOT)
        .replaceAll("\\((r|tm)\\)|@.*|\\b(processor|cpu|[0-9]+-core)\\b", " ")
        .strip()
        .replaceAll("[^a-z0-9]+", "-");
  }

  String summary() {
    return "%s, %d cores, %.1f GiB, %s, %s"
        .formatted(cpu, cores, memoryBytes / (double) (1 << 30), kernel, jdk);
  }
}
