package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.scheduler.Scheduler;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * What Maven Central wants of a library is there. The jars are there in {@code mvn verify} only; in
 * {@code mvn test} the tests of jars are skipped.
 */
class PackagingTest {
  private static final Path ROOT = Path.of("..");

  static Stream<Path> jars() throws Exception {
    String version = root().getElementsByTagName("version").item(0).getTextContent();
    return Stream.of("scheduler", "netio")
        .flatMap(
            module ->
                Stream.of(
                        "heddle-" + module + "-" + version + ".jar",
                        "heddle-" + module + "-" + version + "-sources.jar",
                        "javadoc.jar")
                    .map(jar -> ROOT.resolve(module).resolve("target").resolve(jar)));
  }

  @ParameterizedTest
  @MethodSource("jars")
  void everyJarHasItsLicenseAndItsNotice(Path path) throws Exception {
    var location = Scheduler.class.getProtectionDomain().getCodeSource().getLocation();
    assumeTrue(location.getPath().endsWith(".jar"), "built by mvn verify");
    try (JarFile jar = new JarFile(path.toFile())) {
      for (String file : List.of("LICENSE", ".mvn/NOTICE")) {
        Path original = ROOT.resolve(file);
        ZipEntry entry = jar.getEntry("META-INF/" + original.getFileName());
        assertThat(entry).as(file).isNotNull();
        try (InputStream in = jar.getInputStream(entry)) {
          assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo(Files.readString(original));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduler/pom.xml", "netio/pom.xml", ".bom/pom.xml"})
  void everyLibraryHasANameADescriptionAndAParent(String pom) throws Exception {
    assertThat(namesIn(parsed(pom))).contains("name", "description", "parent");
  }

  @Test
  void theParentHasTheRestThatMavenCentralAsksFor() throws Exception {
    assertThat(namesIn(root()))
        .contains("name", "description", "url", "licenses", "developers", "scm");
  }

  private static List<String> namesIn(Document pom) {
    NodeList nodes = pom.getDocumentElement().getChildNodes();
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getNodeName())
        .toList();
  }

  private static Document root() throws Exception {
    return parsed("pom.xml");
  }

  private static Document parsed(String pom) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(ROOT.resolve(pom).toFile());
  }
}
