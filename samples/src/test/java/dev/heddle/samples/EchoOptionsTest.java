package dev.heddle.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The options of the echo command: what they do, and which calls make no sense.
 *
 * <p>This file is long because each option has its line in it, and so have the programs of others
 * that talk to the server.
 */
class EchoOptionsTest {
  private static final Pattern PORT = Pattern.compile("listening on \\S+:(\\d+).*");

  @TempDir private Path folder;

  static List<Arguments> wrongCalls() {
    return List.of(
        wrong("'x' is not one of got, rfc862", "--mode=x"),
        wrong("--mode got cannot go with --udp: it is rfc862", "--udp", "--mode=got"),
        wrong("--unix cannot go with --udp: there are no connections", "--udp", "--unix=x"),
        wrong("--style cannot go with --udp", "--udp", "--style=step"),
        wrong("--verbose cannot go with --udp", "--verbose", "--udp"),
        wrong("--loops cannot go with --udp", "--udp", "--loops=2"),
        wrong("'0' is not a whole number from 1 to 256", "--loops=0"),
        wrong("--max-connections cannot go with --udp", "--udp", "--max-connections=5"),
        wrong("--drain-timeout cannot go with --udp", "--udp", "--drain-timeout=10s"),
        wrong("--tls-keystore cannot go with --udp", "--udp", "--tls-keystore=f"),
        wrong("--line-timeout cannot go with --mode rfc862", "--mode=rfc862", "--line-timeout=1m"),
        wrong("--max-line-length cannot go with", "--mode=rfc862", "--max-line-length=64k"),
        wrong("--tls-password needs --tls-keystore", "--tls-password=x"),
        wrong("--tls-password-file needs --tls-keystore", "--tls-password-file=x"),
        wrong("--tls-handshake-timeout needs --tls-keystore", "--tls-handshake-timeout=1s"),
        wrong(
            "--tls-password and --tls-password-file cannot go together",
            "--tls-keystore=f",
            "--tls-password=x",
            "--tls-password-file=y"),
        wrong("'127.0.0.1' is not HOST:PORT, such as", "--listen=127.0.0.1"),
        wrong("'::1:7' is not HOST:PORT, such as", "--listen=::1:7"),
        wrong("'[::1]:65536' is not HOST:PORT", "--listen", "[::1]:65536"),
        wrong("':7' is not HOST:PORT", "--listen=:7"),
        wrong("'a b' is not the name or address of a host", "--listen=a b:7"),
        wrong("'' is not the name or address of a host", "--host="),
        wrong("' ' is not the name or address of a host", "--host", " "),
        wrong("'' is not the path of a file", "--unix="),
        wrong("'a\\u0000b' is not the path of a file", "--unix=a\0b"),
        wrong("a path of --unix is given twice", "--unix=x", "--unix=x"),
        wrong("127.0.0.1:16000 is given twice", "--port=16000", "--listen=127.0.0.1:16000"),
        wrong("--port is given 2 times", "--port=1", "--port=2"),
        wrong("--stats is given 2 times", "--stats", "1", "--stats", "1"),
        wrong("'0' is not a whole number from 1 to 3600", "--stats=0"),
        wrong("'65536' is not a whole number from 0 to 65535", "--inspect=65536"),
        wrong("'x' is not a whole number from 0 to 65535", "--inspect", "x"),
        wrong("'0' is not a whole number from 1 to 2147483647", "--max-connections=0"),
        wrong("'-1' is not a whole number", "--max-connections-per-address=-1"),
        wrong(
            "--max-connections-per-address 6 is more than may connect in all: 5",
            "--max-connections=5",
            "--max-connections-per-address=6"),
        wrong(
            "--max-connections-per-address is for IP addresses",
            "--unix=x",
            "--max-connections-per-address=6"),
        wrong("'0' is not a number of bytes from 1 to 1073741824", "--max-line-length=0"),
        wrong("'2g' is not a number of bytes from 1 to 1073741824", "--max-line-length=2g"),
        wrong("'64kb' is not a number of bytes", "--max-line-length=64kb"),
        wrong("'9999999999999999999999' is not", "--max-pending-input=9999999999999999999999"),
        wrong("'999999999999999999g' is not", "--max-pending-input=999999999999999999g"),
        wrong(
            "--max-pending-input has no room for one line of --max-line-length",
            "--max-pending-input=63k",
            "--max-line-length=64k"),
        wrong(
            "--max-pending-input has no room for one line of --max-line-length",
            "--max-pending-input=64k",
            "--max-line-length=64k"),
        wrong("'0s' is not a time from 1ms", "--idle-timeout=0s"),
        wrong(
            "'5' is not a time from 1ms, such as 500ms, 30s, 5m, 2h, or none", "--idle-timeout=5"),
        wrong("'-5s' is not a time", "--line-timeout=-5s"),
        wrong("'9999999999d' is not a time", "--write-timeout=9999999999d"),
        wrong("'never' is not a time from 0s", "--drain-timeout=never"));
  }

  private static Arguments wrong(String why, String... args) {
    return Arguments.of(why, args);
  }

  @ParameterizedTest
  @MethodSource("wrongCalls")
  void aCallThatMakesNoSenseIsRefusedInOneLineWithExitCodeTwo(String why, String[] args) {
    List<String> call = new ArrayList<>(List.of("echo"));
    call.addAll(List.of(args));
    CommandLineRun run = CommandLineRun.of(call.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("heddle echo: ").contains(why).hasLineCount(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void helpFitsInAWindowAndTellsOfEachOptionItsDefault() {
    String help = CommandLineRun.of("echo", "--help").out();
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
    assertThat(help)
        .contains("Where it listens:", "What it tells:", "Encryption:", "Limits, with times")
        .contains("Examples:", "  heddle echo --udp --port 7007 --stats 10");
  }

  @Test
  void aKeyStoreThatCannotBeUsedIsOneLineAndExitCodeOne() throws Exception {
    Path store = keyStore();
    Path junk = Files.writeString(folder.resolve("junk"), "no key store");
    Path empty = Files.writeString(folder.resolve("empty"), "");
    String damaged = "it is damaged, or no key store of the format PKCS12 or JKS";
    assertKeyStore(store, "wrong", "the password is wrong");
    assertKeyStore(folder.resolve("none"), "x", "there is no such file");
    assertKeyStore(folder, "x", "Is a directory");
    assertKeyStore(junk, "x", damaged);
    assertKeyStore(empty, "x", damaged);
    byte[] all = Files.readAllBytes(store);
    for (int length = 0; length < all.length; length += 97) {
      Path cut = Files.write(folder.resolve("cut"), java.util.Arrays.copyOf(all, length));
      assertKeyStore(cut, "secret", "");
    }
    CommandLineRun run =
        CommandLineRun.of(
            "echo", "--port=0", "--tls-keystore=" + store, "--tls-password-file=" + empty);
    assertThat(run.err()).contains("the password is wrong").hasLineCount(1);
    run =
        CommandLineRun.of(
            "echo", "--port=0", "--tls-keystore=" + store, "--tls-password-file=none/there");
    assertThat(run.err())
        .isEqualTo("heddle echo: password file none/there: there is no such file\n");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  private static void assertKeyStore(Path file, String password, String why) {
    CommandLineRun run =
        CommandLineRun.of(
            "echo", "--port=0", "--tls-keystore=" + file, "--tls-password=" + password);
    assertThat(run.err()).startsWith("heddle echo: key store " + file + ": " + why);
    assertThat(run.err()).hasLineCount(1).doesNotContain("null");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void oneServerListensAtSeveralPlacesAndTellsWhoComesAndGoes() throws Exception {
    Path path = folder.resolve("s");
    try (var echo =
        HeddleProcess.start(
            "echo",
            "--port=0",
            "--listen=localhost:0",
            "--unix=" + path,
            "--verbose",
            "--stats=3600",
            "--idle-timeout=none",
            "--max-line-length=10")) {
      BufferedReader out = echo.process().inputReader();
      int first = port(out.readLine());
      String named = out.readLine();
      assertThat(named).startsWith("listening on localhost:");
      assertThat(out.readLine()).isEqualTo("listening on " + path);
      try (Socket client = new Socket("127.0.0.1", first)) {
        assertThat(ask(client, "hello")).isEqualTo("GOT:hello");
        String name = nameOf(client);
        assertThat(out.readLine()).isEqualTo("Got connection from " + name);
        assertThat(ask(client, "x".repeat(11))).isEqualTo("ERR line too long");
        client.close();
        assertThat(out.readLine()).startsWith("Client closed " + name + " (").contains("line");
      }
      try (Socket client = new Socket("localhost", port(named))) {
        assertThat(ask(client, "hello")).isEqualTo("GOT:hello");
        String name = nameOf(client);
        assertThat(out.readLine()).isEqualTo("Got connection from " + name);
        client.close();
        assertThat(out.readLine()).isEqualTo("Client closed " + name);
      }
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        client.write(UTF_8.encode("unix\n"));
        ByteBuffer answer = ByteBuffer.allocate(9);
        while (answer.hasRemaining() && client.read(answer) >= 0) {
          // until all is there
        }
        assertThat(new String(answer.array(), UTF_8)).isEqualTo("GOT:unix\n");
      }
      assertThat(out.readLine()).isEqualTo("Got connection from a Unix-domain socket");
      assertThat(out.readLine()).isEqualTo("Client closed a Unix-domain socket");
      echo.signal("TERM");
      assertThat(out.readLine())
          .isEqualTo(
              "stats: accepted=3, open=0, refused=0, ended=2, lost=0, rejected=1, failed=0,"
                  + " pendingInput=0, acceptFailures=0");
      assertThat(echo.exitCode()).isZero();
      assertThat(path).doesNotExist();
    }
  }

  /** On a busy machine a client may be cut before it has said its line: then another comes. */
  @Test
  void aClientThatIsSilentForTooLongIsCut() throws Exception {
    try (var echo =
        HeddleProcess.start("echo", "--port=0", "--verbose", "--stats=1", "--idle-timeout=300ms")) {
      BufferedReader out = echo.process().inputReader();
      int port = port(out.readLine());
      int clients = 1;
      while (!allThatComes(port).equals("GOT:hello\n")) {
        clients++;
      }
      assertThat(lineWith(out, "Client closed 127.0.0.1:")).contains("idle for PT0.3S");
      assertThat(lineWith(out, "lost=" + clients + ","))
          .contains("accepted=" + clients + ", open=0, refused=0, ended=0, lost=" + clients);
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
    }
  }

  /** To a client that says hello, and then nothing. */
  private static String allThatComes(int port) throws IOException {
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.getOutputStream().write("hello\n".getBytes(UTF_8));
      return new String(client.getInputStream().readAllBytes(), UTF_8);
    } catch (SocketException e) {
      return "cut before it has said hello";
    }
  }

  @Test
  void aClientTooManyIsClosed() throws Exception {
    try (var echo =
        HeddleProcess.start(
            "echo",
            "--port=0",
            "--stats=1",
            "--idle-timeout=none",
            "--max-connections=1",
            "--max-connections-per-address=1")) {
      BufferedReader out = echo.process().inputReader();
      int port = port(out.readLine());
      try (Socket client = new Socket("127.0.0.1", port)) {
        assertThat(ask(client, "hello")).isEqualTo("GOT:hello");
        try (Socket second = new Socket("127.0.0.1", port)) {
          assertThat(second.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(lineWith(out, "refused=1,"))
            .contains("accepted=1, open=1, refused=1, ended=0, lost=0");
        echo.signal("TERM");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
      }
      assertThat(echo.exitCode()).isZero();
    }
  }

  /** The next line with this text; others come between, as one each second. */
  private static String lineWith(BufferedReader out, String text) throws IOException {
    String line = out.readLine();
    while (line != null && !line.contains(text)) {
      line = out.readLine();
    }
    assertThat(line).as("a line with %s", text).isNotNull();
    return line;
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.EnumSource(Style.class)
  void inModeRfc862WhatComesGoesBackAtOnceWithoutALine(Style style) throws Exception {
    try (var echo = HeddleProcess.start("echo", "--port=0", "--mode=rfc862", "--style=" + style)) {
      try (Socket client = new Socket("127.0.0.1", echo.port())) {
        client.getOutputStream().write("no line".getBytes(UTF_8));
        assertThat(client.getInputStream().readNBytes(7)).isEqualTo("no line".getBytes(UTF_8));
        byte[] big = new byte[300_000];
        new java.util.Random(1).nextBytes(big);
        Thread writer =
            Thread.startVirtualThread(
                () -> {
                  try {
                    client.getOutputStream().write(big);
                    client.shutdownOutput();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                });
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(big);
        writer.join();
      }
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
    }
  }

  @Test
  void opensslTalksToATlsServerAndAPlainClientIsToldOfInOneLine() throws Exception {
    assumeTrue(isThere("openssl"), "there is no openssl");
    Path store = keyStore();
    Path password = Files.writeString(folder.resolve("password"), "secret\nnot this\n");
    try (var echo =
        HeddleProcess.start(
            "echo", "--port=0", "--tls-keystore=" + store, "--tls-password-file=" + password)) {
      String line = echo.process().inputReader().readLine();
      assertThat(line).endsWith(" (TLS)");
      String place = "127.0.0.1:" + port(line);
      for (String version : List.of("-tls1_2", "-tls1_3")) {
        Process client =
            new ProcessBuilder("openssl", "s_client", "-quiet", version, "-connect", place)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader answers = client.inputReader()) {
          client.outputWriter().write("hello\n");
          client.outputWriter().flush();
          assertThat(answers.readLine()).isEqualTo("GOT:hello");
        } finally {
          client.destroy();
        }
      }
      try (Socket plain = new Socket("127.0.0.1", port(line))) {
        plain.getOutputStream().write("plain\n".getBytes(UTF_8));
        assertThat(plain.getInputStream().readAllBytes()).hasSizeLessThan(10); // an alert
      }
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
      assertThat(echo.errors())
          .containsOnlyOnce("made no handshake")
          .contains("the peer does not speak TLS")
          .doesNotContain("Exception")
          .doesNotContain("\tat ");
    }
  }

  /** What {@code nc} does, where there is none. */
  @Test
  void aShellTalksToTheServer() throws Exception {
    assumeTrue(isThere("bash"), "there is no bash");
    try (var echo = HeddleProcess.start("echo", "--port=0")) {
      String talk =
          "exec 3<>/dev/tcp/127.0.0.1/$0; printf 'one\\ntwo\\n' >&3; read a <&3; read b <&3; "
              + "echo \"$a $b\"";
      assertThat(outputOf("bash", "-c", talk, Integer.toString(echo.port())))
          .isEqualTo("GOT:one GOT:two\n");
      echo.signal("TERM");
      assertThat(echo.exitCode()).isZero();
    }
  }

  /** Clients at a port, at the path of a socket, or at a port with TLS: 50 at once. */
  private static final String STREAMS =
      """
      import asyncio, ssl, sys
      kind, place = sys.argv[1], sys.argv[2]
      trusting = ssl.create_default_context()
      trusting.check_hostname = False
      trusting.verify_mode = ssl.CERT_NONE
      async def connect():
          if kind == 'unix':
              return await asyncio.open_unix_connection(place, limit=100000)
          encryption = trusting if kind == 'tls' else None
          return await asyncio.open_connection('127.0.0.1', int(place), ssl=encryption, limit=100000)
      async def client(n):
          reader, writer = await connect()
          for i in range(20):
              line = b'%d of %d ' % (i, n) + b'x' * (i * i * 150) + b'\\n'
              writer.write(line)
              await writer.drain()
              assert await reader.readline() == b'GOT:' + line
          writer.write(b''.join(b'%d\\n' % i for i in range(1000)))
          for i in range(1000):
              assert await reader.readline() == b'GOT:%d\\n' % i
          if writer.can_write_eof():
              writer.write(b'no newline')
              writer.write_eof()
              assert await reader.read() == b'GOT:no newline'
          writer.close()
          await asyncio.wait_for(writer.wait_closed(), 20)
      async def main():
          await asyncio.gather(*(client(n) for n in range(50)))
          print('all well')
      asyncio.run(main())
      """;

  private static void assertStreamsAreServed(String kind, Object place) throws Exception {
    assumeTrue(isThere("python3"), "there is no python3");
    assertThat(outputOf("python3", "-c", STREAMS, kind, place.toString())).isEqualTo("all well\n");
  }

  @Test
  void fiftyStreamsOfPythonsAsyncioGetTheirAnswersOverTcpAndUnixDomainSockets() throws Exception {
    Path path = folder.resolve("s");
    try (var echo =
        HeddleProcess.start(
            "echo", "--port=0", "--unix=" + path, "--stats=3600", "--idle-timeout=1m")) {
      BufferedReader out = echo.process().inputReader();
      int port = port(out.readLine());
      assertThat(out.readLine()).isEqualTo("listening on " + path);
      assertStreamsAreServed("tcp", port);
      assertStreamsAreServed("unix", path);
      echo.signal("TERM");
      assertThat(out.readLine()).startsWith("stats: accepted=100, open=0, refused=0, ended=100,");
      assertThat(echo.exitCode()).isZero();
    }
  }

  @Test
  void fiftyStreamsOfPythonsAsyncioGetTheirAnswersOverTls() throws Exception {
    try (var echo =
        HeddleProcess.start(
            "echo",
            "--port=0",
            "--stats=3600",
            "--tls-keystore=" + keyStore(),
            "--tls-password=secret")) {
      BufferedReader out = echo.process().inputReader();
      assertStreamsAreServed("tls", port(out.readLine()));
      echo.signal("TERM");
      assertThat(out.readLine()).startsWith("stats: accepted=50, open=0, refused=0, ended=50,");
      assertThat(echo.exitCode()).isZero();
    }
  }

  private static final String DATAGRAMS =
      """
      import socket, sys
      s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      s.settimeout(20)
      s.connect(('127.0.0.1', int(sys.argv[1])))
      for size in (0, 1, 1000, 65507, 0, 5):
          s.send(b'x' * size)
          assert len(s.recv(70000)) == size
      gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
      gone.sendto(b'nobody hears the answer', s.getpeername())
      gone.close()
      s.send(b'still there')
      print(s.recv(70000).decode())
      """;

  @Test
  void overUdpPythonGetsItsDatagramsBackAndTheServerEndsAtSigterm() throws Exception {
    assumeTrue(isThere("python3"), "there is no python3");
    try (var echo = HeddleProcess.start("echo", "--udp", "--port=0", "--stats=3600")) {
      BufferedReader out = echo.process().inputReader();
      String line = out.readLine();
      assertThat(line).endsWith(" (UDP)");
      assertThat(outputOf("python3", "-c", DATAGRAMS, Integer.toString(port(line))))
          .isEqualTo("still there\n");
      echo.signal("TERM");
      assertThat(out.readLine()).isEqualTo("stats: received=8, answered=8, dropped=0, failed=0");
      assertThat(echo.exitCode()).isZero();
    }
  }

  private static int port(String line) {
    Matcher told = PORT.matcher(line);
    assertThat(told.matches()).as(line).isTrue();
    return Integer.parseInt(told.group(1));
  }

  private static String nameOf(Socket client) {
    return client.getLocalAddress().getHostAddress() + ":" + client.getLocalPort();
  }

  private static String ask(Socket server, String line) throws IOException {
    server.getOutputStream().write((line + "\n").getBytes(UTF_8));
    return new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8)).readLine();
  }

  private Path keyStore() throws Exception {
    Path file = folder.resolve("server.p12");
    String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    String _ =
        outputOf(
            tool,
            "-genkeypair",
            "-alias",
            "server",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-keystore",
            file.toString(),
            "-storepass",
            "secret");
    return file;
  }

  private static boolean isThere(String program) {
    return java.util.stream.Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static String outputOf(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
