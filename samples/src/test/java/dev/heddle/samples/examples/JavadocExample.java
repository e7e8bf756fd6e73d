package dev.heddle.samples.examples;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.SimpleJavaFileObject;

/**
 * One example in Javadoc, and the class that it becomes.
 *
 * <p>An empty line divides an example into parts. A part that begins like a member of a class
 * ({@code static}, {@code record}, {@code final class}, {@code void name(}, ...) becomes members.
 * All other parts become the body of a method that may throw anything and return anything; a part
 * that begins with a comment has variables of its own. Three dots stand for what is left out: alone
 * in a line, or as the whole body of a method.
 *
 * @param file the file that the example stands in
 * @param line the number of its first line
 * @param lines the example, without the comment's stars
 */
record JavadocExample(Path file, int line, List<String> lines) {
  private static final Pattern BLOCK =
      Pattern.compile("(?s)<pre>\\{@code *\n(.*?)\n *\\* \\}</pre>");
  private static final Pattern PUBLIC = Pattern.compile("(?m)^public ");
  private static final Pattern MEMBER =
      Pattern.compile(
          "(public |protected |private |static |abstract |final class |sealed |class |record "
              + "|enum |interface |@Override|void \\w+\\().*");

  /** The examples of a file; none if its type is not public. */
  static List<JavadocExample> in(Path file) throws IOException {
    String source = Files.readString(file);
    List<JavadocExample> examples = new ArrayList<>();
    if (!PUBLIC.matcher(source).find()) {
      return examples;
    }
    for (Matcher block = BLOCK.matcher(source); block.find(); ) {
      int line = 1 + (int) source.substring(0, block.start(1)).lines().count();
      List<String> lines =
          block.group(1).lines().map(text -> text.replaceFirst("^ *\\* ?", "")).toList();
      examples.add(new JavadocExample(file, line, lines));
    }
    return examples;
  }

  /**
   * The class.
   *
   * @param names the class that declares what the example may use without declaring it
   */
  Unit unit(String imports, Class<?> names) {
    String name = file.getFileName().toString().replace(".java", "") + "Example" + line;
    Unit unit = new Unit(this, name);
    unit.add(line, "package dev.heddle.samples.examples;");
    unit.add(line, "import module java.base; import module java.net.http; " + imports);
    unit.add(line, "import org.jspecify.annotations.Nullable;");
    unit.add(line, "import static dev.heddle.scheduler.Task.await;");
    unit.add(line, "import static java.net.http.HttpResponse.BodyHandlers.ofString;");
    unit.add(line, "abstract class " + name + " extends " + names.getSimpleName() + " {");
    List<Integer> starts = parts();
    for (int part = 0; part < starts.size() - 1; part++) {
      if (isMember(starts.get(part))) {
        addLines(unit, starts.get(part), starts.get(part + 1));
      }
    }
    unit.add(line, "Object example() throws Throwable { if (true) {");
    for (int part = 0; part < starts.size() - 1; part++) {
      if (!isMember(starts.get(part))) {
        boolean own = lines.get(starts.get(part)).startsWith("//");
        unit.add(line, own ? "if (true) {" : "");
        addLines(unit, starts.get(part), starts.get(part + 1));
        unit.add(line, own ? "}" : "");
      }
    }
    unit.add(line, "} return null; } }");
    return unit;
  }

  /** The index of each part's first line, and the end. */
  private List<Integer> parts() {
    List<Integer> starts = new ArrayList<>(List.of(0));
    for (int i = 1; i < lines.size(); i++) {
      boolean indented = lines.get(i).startsWith(" ") || lines.get(i).startsWith("}");
      if (lines.get(i - 1).isEmpty() && !indented) {
        starts.add(i);
      }
    }
    starts.add(lines.size());
    return starts;
  }

  private boolean isMember(int start) {
    return MEMBER.matcher(lines.get(start)).matches();
  }

  private void addLines(Unit unit, int from, int to) {
    for (int i = from; i < to; i++) {
      String text = lines.get(i).strip().equals("...") ? "" : lines.get(i);
      unit.add(line + i, text.replace("{ ... }", "{ throw new AssertionError(); }"));
    }
  }

  /** The class as javac reads it; it knows which line came from where. */
  static final class Unit extends SimpleJavaFileObject {
    private final JavadocExample example;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> places = new ArrayList<>();

    Unit(JavadocExample example, String name) {
      super(URI.create("string:///examples/" + name + ".java"), Kind.SOURCE);
      this.example = example;
    }

    void add(int place, String line) {
      text.append(line).append('\n');
      places.add(place);
    }

    /** The line of Javadoc that this line of the class was. */
    String place(long line) {
      return example.file.normalize() + ":" + places.get((int) line - 1);
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
