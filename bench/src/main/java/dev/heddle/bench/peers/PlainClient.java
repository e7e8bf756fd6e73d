package dev.heddle.bench.peers;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.MessageProperties;
import io.nats.client.JetStream;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * What the transports are measured against: the library that a user would take instead, used as its
 * users would for speed. Each has a thread that sends, with so many messages unconfirmed as the
 * window allows, and one that receives; a figure is the time until the last message was received
 * and the last confirm has come.
 */
public final class PlainClient {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private PlainClient() {}

  /** Checks what has come: numbers from 0, each once. */
  public static final class Tally {
    private final int messages;
    private int count;
    private long sum;

    /** Of so many messages. */
    public Tally(int messages) {
      this.messages = messages;
    }

    /** One has come. */
    public void add(byte[] body) {
      count++;
      sum += ByteBuffer.wrap(body).getInt();
    }

    /** Whether all have come. */
    public boolean isComplete() {
      return count == messages;
    }

    /** Fails if some have not come, or others in their place. */
    public void check() {
      long expected = (long) messages * (messages - 1) / 2;
      if (count != messages || sum != expected) {
        throw new IllegalStateException(
            count + " of " + messages + " messages have come, their sum is " + sum);
      }
    }
  }

  /** The body of a message: its number, and as many bytes as are asked for. */
  public static byte[] body(int number, int bytes) {
    return ByteBuffer.allocate(Math.max(4, bytes)).putInt(number).array();
  }

  /** Sends on one thread, receives on this; the time for both. */
  private static long nanos(Callable<?> sender, Callable<Tally> receiver) throws Exception {
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      long start = System.nanoTime();
      Future<?> sent = threads.submit(sender);
      Tally tally = receiver.call();
      Object _ = sent.get();
      long nanos = System.nanoTime() - start;
      tally.check();
      return nanos;
    }
  }

  /** A queue of the JDK between two threads. */
  public static long blockingQueue(int messages, int bytes, int window) throws Exception {
    BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(window);
    return nanos(
        () -> {
          for (int i = 0; i < messages; i++) {
            queue.put(body(i, bytes));
          }
          return true;
        },
        () -> {
          Tally tally = new Tally(messages);
          while (!tally.isComplete()) {
            tally.add(queue.take());
          }
          return tally;
        });
  }

  /** Frames over a bare socket, each echoed: the echo is the confirm. */
  public static long frames(int messages, int bytes, int window) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket here = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket there = server.accept();
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      here.setTcpNoDelay(true);
      there.setTcpNoDelay(true);
      Future<Tally> echo = threads.submit(() -> echo(there, messages));
      Semaphore room = new Semaphore(window);
      DataInputStream echoes = in(here);
      long nanos =
          nanos(
              () -> {
                DataOutputStream out = out(here);
                for (int i = 0; i < messages; i++) {
                  if (!room.tryAcquire()) {
                    out.flush();
                    room.acquire();
                  }
                  byte[] body = body(i, bytes);
                  out.writeInt(body.length);
                  out.write(body);
                }
                out.flush();
                return true;
              },
              () -> {
                Tally tally = new Tally(messages);
                while (!tally.isComplete()) {
                  tally.add(echoes.readNBytes(echoes.readInt()));
                  room.release();
                }
                return tally;
              });
      echo.get().check();
      return nanos;
    }
  }

  private static Tally echo(Socket socket, int messages) throws IOException {
    DataInputStream in = in(socket);
    DataOutputStream out = out(socket);
    Tally tally = new Tally(messages);
    while (!tally.isComplete()) {
      byte[] body = in.readNBytes(in.readInt());
      tally.add(body);
      out.writeInt(body.length);
      out.write(body);
      if (in.available() == 0) {
        out.flush();
      }
    }
    out.flush();
    return tally;
  }

  private static DataInputStream in(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  private static DataOutputStream out(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
  }

  /** JeroMQ: PUSH to PULL, which confirms nothing. */
  public static long jeromq(int messages, int bytes, int window) throws Exception {
    try (ZContext context = new ZContext()) {
      ZMQ.Socket pull = context.createSocket(SocketType.PULL);
      pull.setRcvHWM(window);
      int port = pull.bindToRandomPort("tcp://127.0.0.1");
      return nanos(
          () -> {
            ZMQ.Socket push = context.createSocket(SocketType.PUSH);
            push.setSndHWM(window);
            push.connect("tcp://127.0.0.1:" + port);
            for (int i = 0; i < messages; i++) {
              push.send(body(i, bytes));
            }
            return true;
          },
          () -> {
            Tally tally = new Tally(messages);
            while (!tally.isComplete()) {
              tally.add(pull.recv());
            }
            return tally;
          });
    }
  }

  /** NATS' own client: JetStream, publications confirmed, a pull consumer that acknowledges. */
  public static long jnats(int port, int messages, int bytes, int window) throws Exception {
    try (io.nats.client.Connection connection = Nats.connect("nats://127.0.0.1:" + port)) {
      String subject = "plain-" + UUID.randomUUID();
      connection
          .jetStreamManagement()
          .addStream(
              StreamConfiguration.builder()
                  .name(subject)
                  .subjects(subject)
                  .storageType(StorageType.File)
                  .retentionPolicy(RetentionPolicy.WorkQueue)
                  .build());
      JetStream stream = connection.jetStream();
      JetStreamSubscription subscription =
          stream.subscribe(subject, PullSubscribeOptions.builder().durable("plain").build());
      Semaphore room = new Semaphore(window);
      return nanos(
          () -> {
            for (int i = 0; i < messages; i++) {
              room.acquire();
              var _ = stream.publishAsync(subject, body(i, bytes)).thenAccept(_ -> room.release());
            }
            room.acquire(window); // all are confirmed
            return true;
          },
          () -> {
            Tally tally = new Tally(messages);
            long end = System.nanoTime() + LONGEST.toNanos();
            while (!tally.isComplete() && System.nanoTime() < end) {
              int left = Math.min(window, messages - tally.count);
              for (Message message : subscription.fetch(left, Duration.ofSeconds(5))) {
                tally.add(message.getData());
                message.ack();
              }
            }
            return tally;
          });
    }
  }

  /** RabbitMQ's own client: persistent, confirmed, acknowledged, with a prefetch. */
  public static long rabbit(int port, int messages, int bytes, int window) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    String queue = "plain-" + UUID.randomUUID();
    try (Connection out = factory.newConnection();
        Connection in = factory.newConnection();
        Channel publishing = out.createChannel();
        Channel consuming = in.createChannel()) {
      publishing.queueDeclare(queue, true, false, false, null);
      publishing.confirmSelect();
      Confirms confirms = new Confirms(window);
      publishing.addConfirmListener(confirms::come, (tag, multiple) -> {});
      consuming.basicQos(window);
      Tally tally = new Tally(messages);
      CountDownLatch complete = new CountDownLatch(1);
      DeliverCallback deliver =
          (tag, delivery) -> {
            tally.add(delivery.getBody());
            consuming.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            if (tally.isComplete()) {
              complete.countDown();
            }
          };
      return nanos(
          () -> {
            for (int i = 0; i < messages; i++) {
              confirms.room.acquire();
              publishing.basicPublish(
                  "", queue, MessageProperties.PERSISTENT_BASIC, body(i, bytes));
            }
            confirms.room.acquire(window);
            return true;
          },
          () -> {
            String _ = consuming.basicConsume(queue, false, deliver, _ -> {});
            boolean _ = complete.await(LONGEST.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
            return tally;
          });
    }
  }

  /** Gives room for as many as a confirm speaks of. */
  private static final class Confirms {
    private final Semaphore room;

    /** Of the client's thread alone. */
    private long last;

    Confirms(int window) {
      room = new Semaphore(window);
    }

    void come(long tag, boolean multiple) {
      if (multiple) {
        room.release((int) Math.max(0, tag - last));
        last = Math.max(last, tag);
      } else {
        room.release();
        last++;
      }
    }
  }
}
