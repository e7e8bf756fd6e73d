package dev.heddle.transport.amqp;

import dev.heddle.fixtures.Foreign;
import dev.heddle.fixtures.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener.DefaultSystemLauncherListener;

/**
 * Apache Qpid's broker, inside this JVM: started by the first who needs it, and left to the JVM.
 */
final class EmbeddedBroker {
  private static int port;

  private EmbeddedBroker() {}

  /** Its port; user and password are {@code guest}. */
  static synchronized int port() throws Exception {
    if (port == 0) {
      int free = FreePort.find();
      Foreign.run(() -> start(free));
      port = free;
    }
    return port;
  }

  private static void start(int free) throws Exception {
    Path folder = Files.createTempDirectory("heddle-qpid");
    folder.toFile().deleteOnExit();
    Path config = folder.resolve("config.json");
    Files.writeString(config, CONFIG.replace("PORT", Integer.toString(free)));
    config.toFile().deleteOnExit();
    new SystemLauncher(new DefaultSystemLauncherListener())
        .startup(
            Map.of(
                "type",
                "Memory",
                "initialConfigurationLocation",
                config.toUri().toString(),
                "startupLoggedToSystemOut",
                false,
                "qpid.work_dir",
                folder.toString()));
  }

  private static final String CONFIG =
      """
      {"name": "heddle", "modelVersion": "9.1",
       "authenticationproviders": [{"name": "plain", "type": "Plain",
         "secureOnlyMechanisms": [],
         "users": [{"name": "guest", "type": "managed", "password": "guest"}]}],
       "ports": [{"name": "AMQP", "port": "PORT", "bindingAddress": "127.0.0.1",
         "protocols": ["AMQP_0_9_1"], "authenticationProvider": "plain",
         "virtualhostaliases": [{"name": "names", "type": "nameAlias"},
           {"name": "default", "type": "defaultAlias"}]}],
       "virtualhostnodes": [{"name": "default", "type": "Memory", "defaultVirtualHostNode": "true",
         "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"}]}
      """;
}
