package dev.heddle.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TlsSocket} is made: whom it trusts, who it is, and what is negotiated. Immutable; a
 * server makes it once for all its connections.
 *
 * <pre>{@code
 * SSLContext context = TlsOptions.contextOf(Path.of("server.p12"), password);
 * TlsOptions options = TlsOptions.forServer(context).withApplicationProtocols("h2", "http/1.1");
 * }</pre>
 */
public final class TlsOptions {
  /** Whether a server asks its clients for certificates. */
  public enum ClientAuth {
    /** It does not ask. */
    NONE,
    /** It asks, and takes clients without one too. */
    WANT,
    /** It asks, and refuses clients without one. */
    NEED
  }

  /** How long a handshake may take unless told otherwise: 10 seconds. */
  public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

  private final boolean client;

  /** The name that the server must prove to have; null for servers. */
  private final @Nullable String host;

  /** Asked for each connection. */
  private final Supplier<SSLContext> context;

  /** The context for a name that a client asks for; null if all names have the same. */
  private final @Nullable Function<String, @Nullable SSLContext> byName;

  private final List<String> protocols;
  private final ClientAuth clientAuth;
  private final Duration handshakeTimeout;

  /** What is said last, after all else; null if nothing. */
  private final @Nullable Consumer<SSLParameters> tuning;

  private TlsOptions(
      boolean client,
      @Nullable String host,
      Supplier<SSLContext> context,
      @Nullable Function<String, @Nullable SSLContext> byName,
      List<String> protocols,
      ClientAuth clientAuth,
      Duration handshakeTimeout,
      @Nullable Consumer<SSLParameters> tuning) {
    this.client = client;
    this.host = host;
    this.context = context;
    this.byName = byName;
    this.protocols = protocols;
    this.clientAuth = clientAuth;
    this.handshakeTimeout = handshakeTimeout;
    this.tuning = tuning;
  }

  private static TlsOptions of(
      boolean client, @Nullable String host, Supplier<SSLContext> context) {
    return new TlsOptions(
        client, host, context, null, List.of(), ClientAuth.NONE, DEFAULT_HANDSHAKE_TIMEOUT, null);
  }

  /**
   * For a client of the server with this name, whom it trusts by the JDK's certificates.
   *
   * @param host the name that the server's certificate must be for; also told to the server (SNI)
   */
  public static TlsOptions forClient(String host) {
    return of(true, Objects.requireNonNull(host, "host"), TlsOptions::systemContext);
  }

  /** For a client with a context of its own: whom it trusts, and its certificate if it has one. */
  public static TlsOptions forClient(SSLContext context, String host) {
    Objects.requireNonNull(context, "context");
    return of(true, Objects.requireNonNull(host, "host"), () -> context);
  }

  /** For a server with this context, which has its certificate. */
  public static TlsOptions forServer(SSLContext context) {
    Objects.requireNonNull(context, "context");
    return of(false, null, () -> context);
  }

  /**
   * For a server that asks for its context at each connection, so that a new certificate is used
   * without a restart. The supplier is called on the loop and must be quick: it gives a context
   * that another thread, or a timer, has loaded.
   */
  public static TlsOptions forServer(Supplier<SSLContext> context) {
    return of(false, null, Objects.requireNonNull(context, "context"));
  }

  private static SSLContext systemContext() {
    try {
      return SSLContext.getDefault();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no default TLS context: " + e.getMessage(), e);
    }
  }

  /**
   * The context of a key store (PKCS12 or JKS): proves to be who has the keys in it, and trusts who
   * has a certificate in it; if it has keys only, whom the JDK trusts. Reads the file, so call it
   * before the loop runs or in a thread.
   *
   * @throws IOException if the file cannot be read, is no key store, or the password is wrong; the
   *     message names the file
   */
  public static SSLContext contextOf(Path keyStore, char[] password) throws IOException {
    try (InputStream in = Files.newInputStream(keyStore)) {
      KeyStore store = KeyStore.getInstance("PKCS12"); // reads JKS too
      store.load(in, password);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(hasCertificates(store) ? store : null);
      SSLContext made = SSLContext.getInstance("TLS");
      made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return made;
    } catch (NoSuchFileException e) {
      throw new IOException("key store " + keyStore + ": there is no such file", e);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new IOException("key store " + keyStore + ": " + reason(e), e);
    }
  }

  /** The JDK's own words for a file that is no key store tell of tags and lengths, or of null. */
  private static @Nullable String reason(Exception failure) {
    if (failure instanceof FileSystemException unreadable && unreadable.getReason() != null) {
      return unreadable.getReason();
    } else if (failure instanceof AccessDeniedException) {
      return "permission denied";
    } else if (failure instanceof GeneralSecurityException) {
      return failure.getMessage();
    }
    boolean secret = failure.getCause() instanceof UnrecoverableKeyException;
    String other = "it is damaged, or no key store of the format PKCS12 or JKS";
    boolean unreadable = "Is a directory".equals(failure.getMessage());
    return secret ? "the password is wrong" : unreadable ? failure.getMessage() : other;
  }

  private static boolean hasCertificates(KeyStore store) throws GeneralSecurityException {
    for (String alias : java.util.Collections.list(store.aliases())) {
      if (store.isCertificateEntry(alias)) {
        return true;
      }
    }
    return false;
  }

  /**
   * With protocols to agree on (ALPN), the best first; see {@link TlsSocket#applicationProtocol}. A
   * server refuses a client that offers others only.
   *
   * @throws IllegalArgumentException if a name is empty or longer than 255 bytes
   */
  public TlsOptions withApplicationProtocols(String... names) {
    for (String name : names) {
      if (name.isEmpty() || name.length() > 255) {
        throw new IllegalArgumentException(
            "application protocol '" + name + "': must have 1 to 255 bytes");
      }
    }
    return new TlsOptions(
        client, host, context, byName, List.of(names), clientAuth, handshakeTimeout, tuning);
  }

  /**
   * With other contexts for some of the names that clients ask for (SNI).
   *
   * @param contexts gives the context for a name in lower case, or null for the server's own. It is
   *     called on the loop and must be quick
   * @throws IllegalStateException if the options are a client's
   */
  public TlsOptions withContextsByName(Function<String, @Nullable SSLContext> contexts) {
    checkServer("contexts by name");
    return new TlsOptions(
        client, host, context, contexts, protocols, clientAuth, handshakeTimeout, tuning);
  }

  /**
   * Whether the server asks its clients for certificates; it does not unless told to.
   *
   * @throws IllegalStateException if the options are a client's
   */
  public TlsOptions withClientAuth(ClientAuth asked) {
    checkServer("client certificates");
    return new TlsOptions(
        client, host, context, byName, protocols, asked, handshakeTimeout, tuning);
  }

  private void checkServer(String what) {
    if (client) {
      throw new IllegalStateException(what + " are for servers to ask for");
    }
  }

  /**
   * With another limit for the whole handshake.
   *
   * @param timeout positive
   * @throws IllegalArgumentException if it is not positive
   */
  public TlsOptions withHandshakeTimeout(Duration timeout) {
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("handshake timeout " + timeout + ": must be positive");
    }
    return new TlsOptions(client, host, context, byName, protocols, clientAuth, timeout, tuning);
  }

  /**
   * With the last word on the parameters of each connection: versions, cipher suites.
   *
   * <pre>{@code
   * TlsOptions newest =
   *     options.withParameters(p -> p.setProtocols(new String[] {"TLSv1.3"}));
   * }</pre>
   */
  public TlsOptions withParameters(Consumer<SSLParameters> last) {
    return new TlsOptions(
        client, host, context, byName, protocols, clientAuth, handshakeTimeout, last);
  }

  boolean isClient() {
    return client;
  }

  boolean choosesByName() {
    return byName != null;
  }

  Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /** An engine for one connection, of which the client has asked for this name, if for any. */
  SSLEngine newEngine(TcpSocket socket, @Nullable String name) {
    Function<String, @Nullable SSLContext> others = byName;
    SSLContext chosen = name == null || others == null ? null : others.apply(name);
    SSLContext used = chosen == null ? context.get() : chosen;
    int port = socket.remoteAddress() instanceof InetSocketAddress inet ? inet.getPort() : 0;
    SSLEngine engine = host == null ? used.createSSLEngine() : used.createSSLEngine(host, port);
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    if (host != null) {
      identify(parameters, host);
    }
    parameters.setUseCipherSuitesOrder(true);
    parameters.setWantClientAuth(clientAuth == ClientAuth.WANT);
    if (clientAuth == ClientAuth.NEED) {
      parameters.setNeedClientAuth(true); // setting the one takes back the other
    }
    if (tuning != null) {
      tuning.accept(parameters);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** The server has to prove that it has the name. An address is not told as a name. */
  private static void identify(SSLParameters parameters, String host) {
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    if (!isAddress) {
      parameters.setServerNames(List.of(new SNIHostName(host)));
    }
  }

  @Override
  public String toString() {
    return client ? "TLS for a client of " + host : "TLS for a server";
  }
}
