package dev.heddle.process;

import static dev.heddle.scheduler.Task.await;

import dev.heddle.process.codec.DataCodec;
import dev.heddle.process.codec.Drawings.Drawing;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** What the tests have children do. */
final class Jobs {
  private Jobs() {}

  /** Says what it was given, from the other side. */
  static final class Same implements Job<Object, Object> {
    @Override
    public Object run(Object argument) {
      return argument;
    }
  }

  static final class Echo implements Job<String, String> {
    @Override
    public String run(String text) {
      return text;
    }
  }

  static final class SameDrawing implements Job<Drawing, Drawing> {
    @Override
    public Drawing run(Drawing drawing) {
      return drawing;
    }
  }

  static final class Square implements Job<Integer, Integer> {
    @Override
    public Integer run(Integer n) {
      return n * n;
    }
  }

  static final class Pid implements Job<String, Long> {
    @Override
    public Long run(String nothing) {
      return ProcessHandle.current().pid();
    }
  }

  static final class Fail implements Job<String, String> {
    @Override
    public String run(String message) {
      throw new IllegalStateException(message, new RuntimeException("the cause"));
    }
  }

  static final class Exit implements Job<Integer, String> {
    @Override
    public String run(Integer code) {
      System.err.println("about to go");
      System.err.println("with " + code);
      System.exit(code);
      return "";
    }
  }

  /** As if by kill -9 in the middle of a message of a megabyte. */
  static final class DieInAMessage implements Job<String, String> {
    @Override
    public String run(String nothing) throws Exception {
      ByteBuffer half = ByteBuffer.allocate(1000).putInt(1 << 20).position(0);
      int _ = await(ChildSession.current().connection.socket.send(half));
      Runtime.getRuntime().halt(9);
      return "";
    }
  }

  /** A length that no message may have. */
  static final class BoastOfLength implements Job<String, String> {
    @Override
    public String run(String nothing) throws Exception {
      ByteBuffer frame = ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).position(0);
      int _ = await(ChildSession.current().connection.socket.send(frame));
      new CountDownLatch(1).await();
      return "";
    }
  }

  /** Says what no child may say, before its result. */
  static final class Babble implements Job<String, String> {
    @Override
    public String run(String what) throws Exception {
      FramedConnection connection = ChildSession.current().connection;
      switch (what) {
        case "no message" -> {
          byte[] bytes = {0, 0, 0, 3, 'a', 'b', 'c'};
          int _ = await(connection.socket.send(ByteBuffer.wrap(bytes)));
        }
        case "null" -> {
          byte[] bytes = {0, 0, 0, 1, 'n'};
          int _ = await(connection.socket.send(ByteBuffer.wrap(bytes)));
        }
        case "a message for children" -> connection.post(new Message.Withdrawn(1));
        case "the result of another job" -> connection.post(new Message.Done(99, new byte[1]));
        case "a result at a time when no job runs" -> {
          connection.post(new Message.Done(1, new DataCodec().encode("first", String.class, 99)));
          return "second";
        }
        default -> throw new IllegalArgumentException(what);
      }
      new CountDownLatch(1).await();
      return "";
    }
  }

  static final class Never implements Job<String, String> {
    @Override
    public String run(String how) throws Exception {
      while (how.equals("spinning")) {
        Thread.onSpinWait();
      }
      new CountDownLatch(1).await();
      return "";
    }
  }

  /** Megabytes to each of the two streams. */
  static final class Print implements Job<Integer, String> {
    @Override
    public String run(Integer megabytes) throws Exception {
      byte[] line = ("x".repeat(1023) + "\n").getBytes(StandardCharsets.US_ASCII);
      for (OutputStream out : List.of(System.out, System.err)) {
        for (int i = 0; i < megabytes << 10; i++) {
          out.write(line);
        }
      }
      System.out.println("the last line");
      return "printed";
    }
  }

  static final class Bytes implements Job<Integer, byte[]> {
    @Override
    public byte[] run(Integer size) {
      return new byte[size];
    }
  }

  /** Says it gives a point, and gives what it cannot. */
  static final class GiveThread implements Job<String, Object> {
    @Override
    public Object run(String nothing) {
      return List.of("a", Optional.of(Thread.currentThread()));
    }
  }

  static final class Nothing implements Job<@Nullable Object, @Nullable Object> {
    @Override
    public @Nullable Object run(@Nullable Object argument) {
      return argument;
    }
  }
}
