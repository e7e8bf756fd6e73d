package dev.heddle.transport.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.heddle.transport.Address;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the client library fails with, in one line. */
final class AmqpFailures {
  private AmqpFailures() {}

  /** The client library, which is optional, is not there. */
  static IOException missing(NoClassDefFoundError e) {
    return new IOException(
        "AMQP needs com.rabbitmq:amqp-client, which is not on the class path: " + e.getMessage(),
        e);
  }

  /**
   * Why an address cannot be used, in one line.
   *
   * @throws IOException the failure itself, if it is not the broker's about the address
   */
  static IOException refused(AmqpOptions options, Address address, Exception e) throws IOException {
    ShutdownSignalException signal = signalOf(e);
    if (signal == null || replyCode(signal) < 400) {
      throw e instanceof IOException io ? io : new IOException(e);
    }
    String what =
        switch (replyCode(signal)) {
          case AMQP.NOT_FOUND -> " is not at the broker: ";
          case AMQP.PRECONDITION_FAILED -> " is at the broker with other arguments: ";
          case AMQP.ACCESS_REFUSED -> " is not for user '" + options.user() + "': ";
          default -> " is refused by the broker: ";
        };
    return new IOException(address + what + replyText(signal), e);
  }

  /** Why there is no connection, in one line. */
  static IOException connecting(AmqpOptions options, Exception e) {
    String at = options.host() + ":" + options.port();
    ShutdownSignalException signal = signalOf(e);
    String why;
    if (e instanceof AuthenticationFailureException
        || e instanceof PossibleAuthenticationFailureException) {
      why =
          "the broker at " + at + " refuses user '" + options.user() + "': wrong name or password";
    } else if (signal != null && replyCode(signal) >= 400) {
      why =
          "the broker at "
              + at
              + " does not open virtual host '"
              + options.virtualHost()
              + "': "
              + replyText(signal);
    } else if (e instanceof ConnectException
        || e instanceof NoRouteToHostException
        || e instanceof UnknownHostException
        || e instanceof SocketTimeoutException) {
      why = "no AMQP broker at " + at + ": " + e.getMessage();
    } else if (e instanceof TimeoutException) {
      why = "the AMQP broker at " + at + " does not answer within " + options.timeout();
    } else {
      why = "no AMQP connection to " + at + ": " + oneLine(e);
    }
    return new IOException(why, e);
  }

  private static String oneLine(Exception e) {
    ShutdownSignalException signal = signalOf(e);
    String text = signal == null ? String.valueOf(e.getMessage()) : replyText(signal);
    return text.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static @Nullable ShutdownSignalException signalOf(Throwable e) {
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof ShutdownSignalException signal) {
        return signal;
      }
    }
    return null;
  }

  private static int replyCode(ShutdownSignalException signal) {
    Method reason = signal.getReason();
    return switch (reason) {
      case AMQP.Connection.Close close -> close.getReplyCode();
      case AMQP.Channel.Close close -> close.getReplyCode();
      case null, default -> 0;
    };
  }

  private static String replyText(ShutdownSignalException signal) {
    Method reason = signal.getReason();
    return switch (reason) {
      case AMQP.Connection.Close close -> close.getReplyText();
      case AMQP.Channel.Close close -> close.getReplyText();
      case null, default -> String.valueOf(signal.getMessage());
    };
  }
}
