package dev.heddle.samples.guide;

import dev.heddle.fixtures.Modules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.SimpleJavaFileObject;

/**
 * A block of Java in the guide, as a program.
 *
 * <p>A block with a {@code void main()} is a whole program, with its own imports, and runs as it
 * stands. Any other block is the body of a task: it runs in {@code Scheduler.run(co -> { ... })},
 * with all exported packages imported.
 *
 * <p>What follows {@code //> } is a line that the program prints. All such lines of a block, in
 * their order, are all that it prints.
 */
final class GuideProgram extends SimpleJavaFileObject {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");
  private static final Pattern PRINTED = Pattern.compile("(?m)//> ?(.*)$");
  private static final Pattern EXPORT = Pattern.compile("exports ([\\w.]+);");

  private final Path file;
  private final int line;
  private final String text;
  private final String name;

  private GuideProgram(Path file, int line, String text, String name) {
    super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
    this.file = file;
    this.line = line;
    this.text = text;
    this.name = name;
  }

  static List<GuideProgram> in(Path file) throws IOException {
    String page = Files.readString(file);
    String chapter = file.getFileName().toString().replace(".md", "").replaceAll("\\W", "_");
    List<GuideProgram> programs = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(page); block.find(); ) {
      int line = 1 + (int) page.substring(0, block.start(1)).lines().count();
      programs.add(new GuideProgram(file, line, block.group(1), chapter + "_" + line));
    }
    return programs;
  }

  private boolean isWhole() {
    return text.contains("void main(");
  }

  @Override
  public String getCharContent(boolean ignoreEncodingErrors) {
    return isWhole()
        ? text
        : imports() + "void main() throws Exception { Scheduler.run(co -> {\n" + text + "}); }";
  }

  private static String imports() {
    return Modules.libraries(Path.of("..")).stream()
        .map(Modules::descriptor)
        .flatMap(
            descriptor -> {
              try {
                return EXPORT.matcher(Files.readString(descriptor)).results();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            })
        .map(export -> "import " + export.group(1) + ".*; ")
        .collect(Collectors.joining());
  }

  /** The line of the guide that this line of the program stands in. */
  String place(long programLine) {
    return file.getFileName() + ":" + (line + programLine - (isWhole() ? 1 : 2));
  }

  List<String> promised() {
    return PRINTED.matcher(text).results().map((MatchResult out) -> out.group(1)).toList();
  }

  /** Runs the program and returns what it prints. */
  List<String> run(ClassLoader classes) throws Exception {
    Class<?> type = Class.forName(name, true, classes);
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method main = type.getDeclaredMethod("main");
    main.setAccessible(true);
    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      main.invoke(constructor.newInstance());
    } catch (InvocationTargetException e) {
      throw new AssertionError(this + " failed after printing " + printed, e.getCause());
    } finally {
      System.setOut(console);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public String toString() {
    return file.getFileName() + ":" + line;
  }
}
