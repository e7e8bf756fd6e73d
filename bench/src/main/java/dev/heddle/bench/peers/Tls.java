package dev.heddle.bench.peers;

import dev.heddle.net.TlsOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** The JDK's TLS for servers that are measured, and for who measures them. */
public final class Tls {
  private static final String PASSWORD = "measured";

  private Tls() {}

  /** With a certificate of its own, which is made for it by the JDK's keytool. */
  static SSLContext ofServer() throws IOException {
    Path folder = Files.createTempDirectory("heddle-bench-");
    Path store = folder.resolve("server.p12");
    try {
      keytool(
          "-genkeypair -alias server -keyalg EC -dname CN=localhost -validity 2 -storetype PKCS12",
          store);
      return TlsOptions.contextOf(store, PASSWORD.toCharArray());
    } finally {
      Files.deleteIfExists(store);
      Files.delete(folder);
    }
  }

  private static void keytool(String arguments, Path store) throws IOException {
    String program = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String command = program + " " + arguments + " -storepass " + PASSWORD + " -keystore " + store;
    try {
      Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed: " + said);
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  /** For a client that believes any server: it measures, and has no secrets. */
  public static SSLContext ofClient() throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new TrustAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the JDK has no TLS: " + e.getMessage(), e);
    }
  }

  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
