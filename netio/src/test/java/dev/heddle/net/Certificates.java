package dev.heddle.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Key stores with self-signed certificates, made by the JDK's keytool. */
final class Certificates {
  static final char[] PASSWORD = "secret".toCharArray();

  private final Path dir;

  Certificates(Path dir) {
    this.dir = dir;
  }

  /** A key store with a key of this name, for hosts of this name and for 127.0.0.1. */
  Path keyStore(String name) throws IOException {
    Path file = dir.resolve(name + ".p12");
    if (!Files.exists(file)) {
      keytool(
          "-genkeypair",
          "-alias",
          name,
          "-keyalg",
          "EC",
          "-dname",
          "CN=" + name,
          "-ext",
          "san=dns:" + name + ",dns:localhost,ip:127.0.0.1",
          "-validity",
          "2",
          "-keystore",
          file.toString());
    }
    return file;
  }

  /** A key store that trusts these, and has the key of the owner if it is not null. */
  SSLContext trusting(String owner, String... trusted) throws IOException {
    Path file = dir.resolve(owner + "-trusts-" + String.join("-", trusted) + ".p12");
    if (!Files.exists(file)) {
      if (!owner.equals("nobody")) {
        Files.copy(keyStore(owner), file);
      }
      for (String name : trusted) {
        Path certificate = dir.resolve(name + ".crt");
        if (!Files.exists(certificate)) {
          keytool(
              "-exportcert",
              "-alias",
              name,
              "-keystore",
              keyStore(name).toString(),
              "-file",
              certificate.toString());
        }
        keytool(
            "-importcert",
            "-noprompt",
            "-alias",
            "trusted-" + name,
            "-file",
            certificate.toString(),
            "-keystore",
            file.toString());
      }
    }
    return TlsOptions.contextOf(file, PASSWORD);
  }

  SSLContext server(String name) throws IOException {
    return TlsOptions.contextOf(keyStore(name), PASSWORD);
  }

  private static void keytool(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
