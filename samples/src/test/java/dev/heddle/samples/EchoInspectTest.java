package dev.heddle.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The live page of the echo command. */
class EchoInspectTest {
  @Test
  void aLivePageIsServedAtTheAddressThatIsPrinted() throws Exception {
    try (var echo = HeddleProcess.start("echo", "--port=0", "--inspect");
        HttpClient client = HttpClient.newHttpClient()) {
      BufferedReader out = echo.process().inputReader();
      assertThat(out.readLine()).startsWith("listening on 127.0.0.1:");
      String line = out.readLine();
      assertThat(line).matches("inspector at http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}/");
      URI page = URI.create(line.substring("inspector at ".length()));
      assertThat(get(client, page)).contains("<title>Heddle inspector</title>");
      String dump = get(client, page.resolve("dump"));
      while (!dump.contains("waits")) { // it has said where it is, and may not yet wait
        dump = get(client, page.resolve("dump"));
      }
      assertThat(get(client, page.resolve("/dump"))).contains("the token is missing or wrong");
      CommandLineRun run = CommandLineRun.of("echo", "--port=0", "--inspect=" + page.getPort());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err())
          .isEqualTo(
              "heddle echo: the inspector cannot listen on 127.0.0.1:"
                  + page.getPort()
                  + ": Address already in use\n");
    }
  }

  private static String get(HttpClient client, URI page) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(page).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
