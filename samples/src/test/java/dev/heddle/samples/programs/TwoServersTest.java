package dev.heddle.samples.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.fixtures.Foreign;
import dev.heddle.net.Server;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.TlsOptions;
import dev.heddle.scheduler.Scheduler;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.zip.CRC32;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two servers that a newcomer wrote from README and guide alone, of other protocols than lines, by
 * helper methods, with limits, plain and encrypted.
 */
class TwoServersTest {
  @TempDir Path folder;

  private interface Client {
    void talk(Socket socket) throws Exception;
  }

  private void with(Function<Scheduler, ServerBuilder> made, boolean tls, Client client)
      throws Exception {
    SSLContext context = tls ? context() : null;
    try (Scheduler scheduler = Scheduler.create()) {
      ServerBuilder builder = made.apply(scheduler);
      if (tls) {
        builder = builder.tls(TlsOptions.forServer(context));
      }
      Server server = builder.bind(List.of(new InetSocketAddress("127.0.0.1", 0)));
      FutureTask<Void> talk =
          Foreign.start(
              "client",
              () -> {
                try (Socket socket =
                    tls ? context.getSocketFactory().createSocket() : new Socket()) {
                  socket.connect(server.localAddress());
                  client.talk(socket);
                } finally {
                  server.shutdown();
                }
              });
      scheduler.run();
      Foreign.get(talk);
    }
  }

  private SSLContext context() throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-alias",
                "a",
                "-storepass",
                "secret",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    java.security.KeyStore keys = java.security.KeyStore.getInstance(file.toFile(), chars());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    java.security.KeyStore trusted = java.security.KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", keys.getCertificate("a"));
    trust.init(trusted);
    TrustManager[] managers = trust.getTrustManagers();
    javax.net.ssl.KeyManagerFactory own = javax.net.ssl.KeyManagerFactory.getInstance("PKIX");
    own.init(keys, chars());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), managers, null);
    return context;
  }

  private static char[] chars() {
    return "secret".toCharArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void eachMessageGetsItsAnswerHoweverItIsCutAndOneThatIsTooLongIsTheLast(boolean tls)
      throws Exception {
    with(
        Frames::on,
        tls,
        socket -> {
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          DataInputStream in = new DataInputStream(socket.getInputStream());
          for (int size : new int[] {0, 1, 5, 70_000, Frames.MOST}) {
            byte[] message = new byte[size];
            java.util.Arrays.fill(message, (byte) size);
            out.writeInt(size);
            out.write(message, 0, size / 2);
            out.flush();
            out.write(message, size / 2, size - size / 2);
            assertThat(in.readInt()).isEqualTo(8);
            CRC32 crc = new CRC32();
            crc.update(message);
            assertThat(in.readLong()).isEqualTo(crc.getValue());
          }
          byte[] three = new byte[3 * 5];
          for (int i = 0; i < 3; i++) {
            three[i * 5 + 3] = 1;
          }
          out.write(three); // together
          for (int i = 0; i < 3; i++) {
            assertThat(in.readInt()).isEqualTo(8);
            assertThat(in.readLong()).isEqualTo(0xD202EF8DL);
          }
          out.writeInt(Frames.MOST + 1);
          assertThat(in.readInt()).isEqualTo(8);
          assertThat(new String(in.readNBytes(8), UTF_8)).isEqualTo("too long");
          assertThat(in.read()).as("the end").isEqualTo(-1);
        });
  }

  private static String answers(InputStream in, int bytes) throws IOException {
    return new String(in.readNBytes(bytes), UTF_8);
  }

  private static void assertAnswer(Socket socket, String calls, String answers) throws IOException {
    socket.getOutputStream().write(calls.getBytes(UTF_8));
    assertThat(answers(socket.getInputStream(), answers.getBytes(UTF_8).length)).isEqualTo(answers);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void callsOfTheProtocolOfRedisAreAnsweredAlsoWhenTheyComeTogether(boolean tls) throws Exception {
    with(
        new Redis()::on,
        tls,
        socket -> {
          assertAnswer(socket, "*1\r\n$4\r\nPING\r\n", "+PONG\r\n");
          assertAnswer(socket, "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$4\r\n\r\n\r\n\r\n", "+OK\r\n");
          assertAnswer(socket, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$4\r\n\r\n\r\n\r\n");
          String increment = "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n";
          assertAnswer(socket, increment.repeat(3), ":1\r\n:2\r\n:3\r\n");
          assertAnswer(socket, "DEL n\r\nGET n\r\nPING\r\n", ":1\r\n$-1\r\n+PONG\r\n");
          assertAnswer(socket, "FLY\r\n", "-ERR unknown command or number of arguments\r\n");
        });
  }

  @Test
  void whoDoesNotSpeakTheProtocolIsToldAndClosed() throws Exception {
    for (String nonsense :
        List.of("*99\r\n", "*1\r\n$-4\r\n", "*1\r\n$4\r\nPINGPONG", "*1\r\nPING\r\n")) {
      with(
          new Redis()::on,
          false,
          socket -> {
            socket.getOutputStream().write(nonsense.getBytes(UTF_8));
            String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
            assertThat(all).startsWith("-ERR Protocol error: ").endsWith("\r\n");
          });
    }
    with(
        new Redis()::on,
        false,
        socket -> {
          socket.getOutputStream().write("x".repeat(2000).getBytes(UTF_8));
          String all = new String(socket.getInputStream().readAllBytes(), UTF_8);
          assertThat(all).isEqualTo("-ERR line too long\r\n");
        });
  }
}
