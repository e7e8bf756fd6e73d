package dev.heddle.trace;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another process of this user in which schedulers run, and that need not be prepared for being
 * asked; root may ask the processes of all users. It works also while its loops stand still.
 *
 * <pre>{@code
 * System.out.println(AttachedJvm.ask(4711, "tree"));
 * }</pre>
 *
 * <p>It attaches to the JVM, as {@code jcmd} does, and loads {@link OutsideAgent} there. A JVM of
 * JDK 21 or later prints a warning on its standard error at the first time, unless it was started
 * with {@code -XX:+EnableDynamicAgentLoading}; with {@code -XX:-EnableDynamicAgentLoading} it
 * refuses.
 *
 * <p>Blocks; any thread may call. It needs the JDK's module {@code jdk.attach}.
 */
public final class AttachedJvm {
  private static final int PAUSE_MILLIS = 20;

  /** How often an answer may come while the others are deleted. */
  private static final int MOST_ANSWERS_MEANWHILE = 10;

  /** How long an answer may take: a question lasts a minute at the most. */
  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(3);

  private AttachedJvm() {}

  /**
   * Asks the process; see {@link RunningSchedulers#answer} for the questions.
   *
   * @return the answer, without a newline at its end
   * @throws IOException if there is no such process, it is no JVM, another user's, does not answer,
   *     allows no agents, or has no Heddle; the message is one line and names the process; also if
   *     the calling thread is interrupted, which stays set
   * @throws IllegalArgumentException if the number is not positive
   */
  public static String ask(long pid, String question) throws IOException {
    try {
      List<String> answers = new ArrayList<>();
      watch(pid, question, "once", answer -> !answers.add(answer));
      return answers.getFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("process " + pid + ": interrupted while it was asked");
    }
  }

  /**
   * Asks the process again and again, with one agent for all.
   *
   * @param goesOn hears each answer, and says whether to ask once more
   * @throws IOException as {@link #ask} does; also if the process ends
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static void watch(long pid, String question, Predicate<String> goesOn)
      throws IOException, InterruptedException {
    watch(pid, question, "again", goesOn);
  }

  private static void watch(long pid, String question, String howOften, Predicate<String> goesOn)
      throws IOException, InterruptedException {
    check(pid);
    // The inner folder is another user's if the process is. In one of our own he can put nothing in
    // its place, as a link to a folder whose files would then be deleted.
    Path own = Files.createTempDirectory("heddle-answers").toAbsolutePath();
    Path folder = Files.createTempDirectory(own, "of-process");
    Path file = folder.resolve("answer");
    try {
      load(pid, folder, file + "\n" + question + "\n" + howOften);
      String answer;
      do {
        waitFor(pid, file);
        answer = read(pid, file);
        Files.delete(file);
      } while (goesOn.test(answer));
    } finally {
      delete(folder);
      Files.delete(own);
    }
  }

  private static void waitFor(long pid, Path file) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    while (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      check(pid);
      if (System.nanoTime() - begun > MOST_NANOS) {
        throw new IOException("process " + pid + ": gives no answer");
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** The agent sees by that that nobody takes its answers. */
  private static void delete(Path folder) throws IOException {
    for (int more = MOST_ANSWERS_MEANWHILE; Files.exists(folder); more--) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path each : files.toList()) {
          Files.deleteIfExists(each);
        }
      }
      try {
        Files.delete(folder);
      } catch (DirectoryNotEmptyException e) { // an answer has come meanwhile
        if (more == 0) {
          throw e;
        }
      }
    }
  }

  private static void check(long pid) throws IOException {
    if (pid < 1) {
      throw new IllegalArgumentException("process " + pid + ": must be 1 or more");
    }
    if (ProcessHandle.of(pid).isEmpty()) {
      throw new IOException("process " + pid + ": there is none");
    }
  }

  /** Not through a link, nor a pipe: the file is another user's if the process is. */
  private static String read(long pid, Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("process " + pid + ": its answer is no file");
    }
    String answer;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (answer.startsWith("-")) {
      throw new IOException("process " + pid + ": " + answer.substring(1));
    }
    if (answer.length() < 2) {
      throw new IOException("process " + pid + ": no Heddle in it has run");
    }
    return answer.substring(1);
  }

  private static void load(long pid, Path folder, String order) throws IOException {
    VirtualMachine jvm;
    try {
      jvm = VirtualMachine.attach("" + pid);
    } catch (AttachNotSupportedException | IOException e) {
      throw new IOException(
          "process " + pid + ": cannot attach, is it a JVM of this user, and does it answer?", e);
    }
    try {
      UserPrincipal other = otherUser(pid, folder);
      Path jar = AgentJar.find(folder, other != null);
      if (other != null) { // root asks
        Files.setOwner(jar, other);
        Files.setOwner(folder, other);
        Files.setPosixFilePermissions(
            folder.getParent(), PosixFilePermissions.fromString("rwx--x--x"));
      }
      jvm.loadAgent(jar.toString(), order);
    } catch (AgentLoadException | AgentInitializationException e) {
      throw new IOException("process " + pid + ": " + firstLine("" + e.getMessage()), e);
    } finally {
      jvm.detach();
    }
  }

  /** Who has to read the agent and to write the answer; null if it is this user. */
  private static @Nullable UserPrincipal otherUser(long pid, Path folder) throws IOException {
    String user = ProcessHandle.of(pid).flatMap(each -> each.info().user()).orElse("");
    String own = ProcessHandle.current().info().user().orElse("");
    return user.isEmpty() || own.isEmpty() || user.equals(own)
        ? null
        : folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  /**
   * The jar that the other JVM loads: this one's, if it may be an agent, so that each question adds
   * the same to its class path; else one that is made for this question.
   */
  private static final class AgentJar {
    private static final Attributes.Name AGENT = new Attributes.Name("Agent-Class");

    private AgentJar() {}

    static Path find(Path folder, boolean ofAnotherUser) throws IOException {
      try {
        Path here =
            new File(OutsideAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toPath();
        return isAgent(here) && !ofAnotherUser ? here.toAbsolutePath() : make(folder);
      } catch (URISyntaxException | IllegalArgumentException e) {
        return make(folder);
      }
    }

    private static boolean isAgent(Path here) throws IOException {
      if (!Files.isRegularFile(here)) {
        return false;
      }
      try (JarFile jar = new JarFile(here.toFile())) {
        Manifest manifest = jar.getManifest();
        return manifest != null && manifest.getMainAttributes().containsKey(AGENT);
      }
    }

    private static Path make(Path folder) throws IOException {
      Path path = folder.resolve("agent.jar");
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().put(AGENT, OutsideAgent.class.getName());
      String file = OutsideAgent.class.getName().replace('.', '/') + ".class";
      try (OutputStream out = Files.newOutputStream(path);
          JarOutputStream jar = new JarOutputStream(out, manifest);
          InputStream code = OutsideAgent.class.getModule().getResourceAsStream(file)) {
        jar.putNextEntry(new JarEntry(file));
        if (code != null) {
          code.transferTo(jar);
        }
        jar.closeEntry();
      }
      return path;
    }
  }
}
