package dev.heddle.samples.examples;

import dev.heddle.actor.Actor;
import dev.heddle.actor.Exchange;
import dev.heddle.actor.Exchanges;
import dev.heddle.actor.Receiver;
import dev.heddle.actor.Reply;
import dev.heddle.actor.Subscription;
import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.Generator;
import dev.heddle.coroutine.Yielder;
import dev.heddle.group.GroupLoop;
import dev.heddle.group.SchedulerGroup;
import dev.heddle.net.Lines;
import dev.heddle.net.TcpListener;
import dev.heddle.net.TcpSocket;
import dev.heddle.pool.PollableQueue;
import dev.heddle.pool.ThreadPool;
import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Promise;
import dev.heddle.scheduler.Scheduler;
import dev.heddle.scheduler.TaskFunction;
import dev.heddle.scheduler.TaskGroup;
import dev.heddle.scheduler.Timed;
import dev.heddle.scheduler.WaitQueue;
import dev.heddle.scheduler.Waiter;
import dev.heddle.scheduler.YieldEvent;
import dev.heddle.sync.Condition;
import dev.heddle.sync.Lock;
import dev.heddle.sync.Queue;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What examples of the scheduler module use and do not declare. Nothing of it ever runs. */
abstract class SchedulerNames {
  Scheduler scheduler;
  Awaiter co;
  Coroutine<String, Integer, Integer> coroutine;
  TaskGroup<@Nullable Void> group;
  SchedulerGroup workers;
  int[] connections;
  GroupLoop home;
  Promise<String> promise;
  Duration d;
  MeterRegistry registry;

  TcpListener listener;
  TcpSocket socket;
  Lines lines;
  ByteBuffer buffer;
  static ByteBuffer message;
  InetSocketAddress address;

  Lock lock;
  Queue<Item> queue;
  Queue<Question> questions;
  List<Item> items;
  Item item;
  Condition notEmpty;
  Order order;
  Account from;
  Account to;
  int value;

  Actor<Command> account;
  Actor<String> actor;
  Actor<String> logger;
  Command command;
  long cents;
  Exchange<Price> exchange;
  Receiver<Price> display;
  Receiver<Price> log;
  Price price;
  Timed timed;
  Exchanges exchanges;
  Subscription<String> subscription;

  ThreadPool pool;
  PollableQueue<Order> orders;
  Job job;
  Path file;
  List<Path> files;
  long total;
  int id;
  String url;
  String start;

  HttpClient client;
  HttpClient httpClient;
  CompletableFuture<Index> index;
  int rows;
  User user;
  Entry entry;
  Audit audit;
  HttpRequest request;
  Button button;
  YieldEvent<@Nullable Void, RuntimeException> longWork;
  Connection connection;
  Question question;

  WaitQueue waiters;
  WaitQueue getters;
  Waiter waiter;
  YieldEvent<@Nullable Void, RuntimeException> wait;
  Item thing;

  static final class Item {}

  static final class Order {}

  static final class Price {}

  static final class Page {}

  interface Command {}

  record Balance(Reply<Long> reply) implements Command {}

  record Job(int priority) {}

  record Question(int answer) {}

  record Account(Lock lock) {
    void deposit(int amount) {}

    void withdraw(int amount) {}
  }

  interface Button {
    void onClick(Runnable action);

    YieldEvent<Click, RuntimeException> pressed();
  }

  record Click(int x) {}

  static final class Connection {
    static Connection open() {
      return new Connection();
    }

    void ask(Question question, YieldEvent<String, IOException> answered) {}

    void forget(YieldEvent<String, IOException> asked) {}

    void send(HttpRequest request) {}
  }

  static final class Tree {}

  static final class Index {}

  static final class User {}

  static final class Entry {}

  interface Audit {
    YieldEvent<@Nullable Void, RuntimeException> write(Entry entry);
  }

  static final class Security {
    static final ThreadLocal<User> CURRENT_USER = new ThreadLocal<>();
  }

  /** As slf4j's. */
  static final class MDC {
    static Map<String, String> getCopyOfContextMap() {
      return Map.of();
    }

    static void setContextMap(Map<String, String> values) {}

    static void clear() {}
  }

  /** As OpenTelemetry's. */
  record Context() {
    static Context current() {
      return new Context();
    }

    static Context root() {
      return new Context();
    }
  }

  /** As OpenTelemetry's. */
  interface ContextStorage {
    static ContextStorage get() {
      return context -> () -> {};
    }

    AutoCloseable attach(Context context);
  }

  static Generator<Integer> squares() {
    return Generator.of(y -> y.yield(0));
  }

  static Generator<String> lines(Path file) throws IOException {
    if (file.isAbsolute()) {
      throw new IOException("no " + file);
    }
    return Generator.of(y -> {});
  }

  abstract void readInto(Yielder<String, @Nullable Void> y);

  abstract TaskFunction<String> part();

  abstract byte[] sha512(Path file) throws IOException;

  abstract void print(Object what);

  abstract void log(Object what);

  abstract void handle(Job job);

  abstract void handle(Item item);

  abstract void received(int count);

  abstract void late();

  abstract void giveUp();

  abstract void serve(Awaiter co, TcpSocket client);

  abstract void crawl(Awaiter co, String start);

  abstract void greet(Awaiter co);

  abstract String fetchUser(int id);

  abstract int fetchOrder(int id);

  abstract Page fetch(String name) throws IOException;

  abstract YieldEvent<Page, IOException> load(String url);

  abstract void show(Page page);

  abstract void show(Page first, Page second);

  abstract YieldEvent<@Nullable Void, IOException> show(Price price);

  abstract void report();

  abstract void report(int phase);

  abstract void compute(int phase);

  abstract void cook(Order order);

  abstract YieldEvent<Integer, IOException> read();

  abstract YieldEvent<@Nullable Void, IOException> write(int balance);

  abstract YieldEvent<@Nullable Void, RuntimeException> save(int value);
}
