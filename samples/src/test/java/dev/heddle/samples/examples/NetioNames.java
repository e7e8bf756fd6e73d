package dev.heddle.samples.examples;

import dev.heddle.net.Connection;
import dev.heddle.net.ServerBuilder;
import dev.heddle.net.StreamSocket;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.net.TlsOptions;
import dev.heddle.net.UdpSocket;
import dev.heddle.process.Channel;
import dev.heddle.process.Job;
import dev.heddle.process.ProcessPool;
import dev.heddle.process.ProcessQueue;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskGroup;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What examples of the netio module use and do not declare. Nothing of it ever runs. */
abstract class NetioNames {
  static final byte[] PREFIX = {};

  Scheduler scheduler;
  Awaiter co;
  TcpSocket socket;
  TcpListener listener;
  ByteBuffer buffer;
  ByteBuffer answer;
  InetSocketAddress address;
  byte[] request;
  char[] password;
  TlsOptions options;
  SSLContext context;
  ServerBuilder builder;
  Connection connection;
  TaskGroup<@Nullable Void> clients;
  UdpSocket udp;
  String reason;
  long count;

  Channel<String> channel;
  ProcessPool pool;
  ProcessQueue<String> queue;
  ProcessQueue<Integer> numbers;
  Range range;
  List<Range> ranges;
  List<String> logs;

  List<Double> bases;
  List<Double> exponents;
  String line;
  String url;
  String word;

  abstract void append(String line);

  abstract void repair();

  abstract void load(String url);

  abstract void compute(int phase);

  abstract void report(int phase);

  record Circle(double radius) {}

  record Square(double side) {}

  record Range(int from, int to) {}

  static final class Child {}

  abstract void talk(Awaiter co, StreamSocket client) throws Exception;

  abstract ByteBuffer answerTo(ByteBuffer request);

  static final class Primes {
    static Integer count(Range range) {
      return range.to() - range.from();
    }
  }

  static final class Squares {
    static Integer square(Integer n) {
      return n * n;
    }
  }

  static final class CountPrimes implements Job<Range, Integer> {
    @Override
    public Integer run(Range range) {
      return 0;
    }
  }

  static final class Consumer implements Job<String, @Nullable Void> {
    @Override
    public @Nullable Void run(String name) {
      return null;
    }
  }

  static final class Echo implements Job<String, @Nullable Void> {
    @Override
    public @Nullable Void run(String name) {
      return null;
    }
  }
}
