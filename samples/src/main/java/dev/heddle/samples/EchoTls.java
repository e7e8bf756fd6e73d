package dev.heddle.samples;

import dev.heddle.net.TlsOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How {@link Echo} encrypts: its certificate, and the password of that. */
final class EchoTls {
  private static final String VARIABLE = "HEDDLE_TLS_PASSWORD";
  private static final int LONGEST = 4096;

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description = "Encrypts, with the key and the certificate in this file: PKCS12 or JKS.")
  private @Nullable Path keyStore;

  @Option(
      names = "--tls-password-file",
      paramLabel = "FILE",
      description = "Its first line is the password of the key store.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--tls-password",
      paramLabel = "PASSWORD",
      description =
          "The password itself, which all users of the machine can see then; better by the file,"
              + " or in the environment, as HEDDLE_TLS_PASSWORD.")
  private @Nullable String password;

  @Option(
      names = "--tls-handshake-timeout",
      converter = TimeSpan.class,
      paramLabel = "TIME",
      description = "For the handshake of a client. Default 10s.")
  private Duration handshake = TlsOptions.DEFAULT_HANDSHAKE_TIMEOUT;

  /** Null if nothing is to be encrypted. */
  @Nullable TlsOptions options(Terminal terminal) throws IOException {
    if (keyStore == null) {
      return null;
    }
    String secret = password != null ? password : System.getenv(VARIABLE);
    if (passwordFile != null) {
      secret = firstLine(passwordFile);
    } else if (secret == null) {
      throw terminal.refusal(
          "--tls-keystore needs a password: --tls-password-file FILE, or "
              + VARIABLE
              + " in the environment, or --tls-password");
    }
    var context = TlsOptions.contextOf(keyStore, secret.toCharArray());
    if (!hasKey(keyStore, secret)) {
      throw new IOException("key store " + keyStore + ": there is no private key in it");
    }
    return TlsOptions.forServer(context).withHandshakeTimeout(handshake);
  }

  private static String firstLine(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
      return text.lines().findFirst().orElse("");
    } catch (NoSuchFileException e) {
      throw new IOException("password file " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException("password file " + file + ": " + e.getMessage(), e);
    }
  }

  private static boolean hasKey(Path file, String password) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          return true;
        }
      }
      return false;
    } catch (GeneralSecurityException e) {
      throw new IOException("key store " + file + ": " + e.getMessage(), e);
    }
  }
}
