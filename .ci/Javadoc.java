import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes the javadoc jar of one library module, and fails on any warning: the folder of the Maven
 * module, the name of its Java module, what it is compiled against, the time for the jar's entries,
 * and the files that go into META-INF.
 *
 * <p>The build starts this file with JDK 25 (root pom, execution {@code javadoc}). It exists because
 * Maven's plugin fails while Maven itself runs on 17.
 */
final class Javadoc {
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    String module = args[1];
    Path pages = folder.resolve("target/javadoc");
    delete(pages); // else the pages of types that are gone stay
    int exit =
        ToolProvider.findFirst("javadoc")
            .orElseThrow()
            .run(System.out, System.err, options(folder, module, args[2], pages).toArray(String[]::new));
    if (exit != 0) {
      System.exit(exit);
    }
    for (String file : List.of(args).subList(4, args.length)) {
      Path copy = Files.createDirectories(pages.resolve("META-INF")).resolve(Path.of(file).getFileName());
      Files.copy(Path.of(file), copy);
    }
    jar(pages, folder.resolve("target/javadoc.jar"), args[3]);
  }

  private static List<String> options(Path folder, String module, String modulePath, Path pages) {
    Path main = folder.resolve("src/main");
    return List.of(
        "-quiet",
        "-Werror",
        // Whether something has a comment at all is for its reader to say; javadoc counts.
        "-Xdoclint:all,-missing",
        "-notimestamp",
        "--no-fonts",
        "-encoding",
        "UTF-8",
        "--module-source-path",
        module + "=" + main.resolve("java") + System.getProperty("path.separator") + main.resolve("module"),
        "--module-path",
        modulePath,
        "--add-exports",
        "java.base/jdk.internal.vm=dev.heddle.scheduler",
        "--module",
        module,
        "-d",
        pages.toString());
  }

  private static void delete(Path pages) throws IOException {
    if (Files.exists(pages)) {
      try (var walk = Files.walk(pages)) {
        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** Entries are sorted and carry the given time, so that two builds make the same bytes. */
  private static void jar(Path pages, Path jar, String time) throws IOException {
    var stamp = OffsetDateTime.parse(time).withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime();
    try (var walk = Files.walk(pages);
        OutputStream file = Files.newOutputStream(jar);
        var zip = new ZipOutputStream(file)) {
      for (Path page : walk.filter(Files::isRegularFile).sorted().toList()) {
        var entry = new ZipEntry(pages.relativize(page).toString().replace('\\', '/'));
        entry.setTimeLocal(stamp);
        zip.putNextEntry(entry);
        Files.copy(page, zip);
      }
    }
  }
}
