package dev.heddle.bench;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.Job;
import dev.heddle.process.JobType;
import dev.heddle.process.ProcessPool;
import dev.heddle.scheduler.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * SHA-512 of each file of a tree, in sequence and by a pool of processes: the use of a pool in the
 * 2009 concurrency tutorial (recipe R23). The tree is made from a seed.
 */
@Command(
    name = "sha512",
    description = "SHA-512 of a tree of files in sequence and by two processes.",
    sortOptions = false)
final class Sha512Command implements Callable<Integer> {
  private static final int FILES_IN_FOLDER = 20;

  @Mixin private final Terminal terminal = new Terminal();

  @Option(names = "--files", paramLabel = "N", description = "1 to 10000; default 200")
  private String files = "200";

  @Option(names = "--kilobytes", paramLabel = "N", description = "Each; 1 to 10000; default 500")
  private String kilobytes = "500";

  /** What a child does; a path travels as text. */
  static final class Digest implements Job<String, String> {
    @Override
    public String run(String file) throws Exception {
      MessageDigest sha512 = MessageDigest.getInstance("SHA-512");
      try (var in = new DigestInputStream(Files.newInputStream(Path.of(file)), sha512)) {
        byte[] buffer = new byte[64 * 1024];
        while (in.read(buffer) >= 0) {
          // the stream digests
        }
      }
      return HexFormat.of().formatHex(sha512.digest());
    }
  }

  @Override
  public Integer call() throws IOException {
    int count = terminal.number("--files", files, 1, 10_000);
    int size = terminal.number("--kilobytes", kilobytes, 1, 10_000) << 10;
    Path tree = Files.createTempDirectory("heddle-tree-");
    List<Path> made = new ArrayList<>(List.of(tree));
    try (Scheduler scheduler = Scheduler.create();
        ProcessPool pool = ProcessPool.open(scheduler, 2)) {
      List<String> paths = write(tree, count, size, made);
      scheduler.spawn(() -> compare(pool, paths));
      scheduler.run();
    } finally {
      for (Path path : made.reversed()) {
        Files.deleteIfExists(path);
      }
    }
    return 0;
  }

  private static List<String> write(Path tree, int count, int size, List<Path> made)
      throws IOException {
    Random random = new Random(2009);
    List<String> paths = new ArrayList<>();
    byte[] bytes = new byte[size];
    for (int i = 0; i < count; i++) {
      Path folder = tree.resolve("folder-" + i / FILES_IN_FOLDER);
      if (i % FILES_IN_FOLDER == 0) {
        made.add(Files.createDirectory(folder));
      }
      random.nextBytes(bytes);
      Path file = Files.write(folder.resolve("file-" + i), bytes);
      made.add(file);
      paths.add(file.toString());
    }
    return paths;
  }

  private void compare(ProcessPool pool, List<String> paths) throws Exception {
    String digest = "";
    for (String round : List.of("cold", "warm", "warm")) {
      long start = System.nanoTime();
      List<String> inSequence = new ArrayList<>();
      for (String path : paths) {
        inSequence.add(new Digest().run(path));
      }
      long between = System.nanoTime();
      List<String> byProcesses = await(pool.map(JobType.of(Digest.class), paths));
      long end = System.nanoTime();
      if (!inSequence.equals(byProcesses)) {
        throw new IOException("the processes found other digests");
      }
      digest = inSequence.getLast().substring(0, 16);
      double sequence = (between - start) / 1e6;
      double processes = (end - between) / 1e6;
      terminal
          .out()
          .printf(
              "%d files, %s: in sequence %.0f ms, 2 processes %.0f ms, %.2fx%n",
              paths.size(), round, sequence, processes, sequence / processes);
    }
    terminal.out().println("the last one's begins with " + digest);
  }
}
