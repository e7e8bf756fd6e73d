package dev.heddle.test;

import dev.heddle.scheduler.Awaiter;
import dev.heddle.scheduler.Scheduler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Runs test methods on a {@link TestScheduler}: what {@link HeddleTest} says. */
public final class HeddleExtension implements InvocationInterceptor, ParameterResolver {
  private static final Set<Class<?>> OURS =
      Set.of(
          Awaiter.class,
          Scheduler.class,
          Simulation.class,
          Network.class,
          Processes.class,
          Host.class,
          VirtualClock.class,
          Choices.class);

  /** For JUnit. */
  public HeddleExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getDeclaringExecutable() instanceof Method
        && OURS.contains(parameter.getParameter().getType());
  }

  /** None yet: the scheduler is made when the method is called, and the values with it. */
  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return null;
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Throwable {
    run(invocation, call, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Throwable {
    run(invocation, call, context);
  }

  private static void run(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Exception {
    invocation.skip(); // called below, by the simulation
    Method method = call.getExecutable();
    method.setAccessible(true);
    Object test = context.getRequiredTestInstance();
    TestScheduler.Builder builder = builder(method.getAnnotation(HeddleTest.class));
    List<Object> given = call.getArguments();
    if (List.of(method.getParameterTypes()).contains(Awaiter.class)) {
      builder.run((co, sim) -> invoke(method, test, values(method, given, co, sim)));
    } else {
      builder.runInThread(sim -> invoke(method, test, values(method, given, null, sim)));
    }
  }

  private static void invoke(Method method, Object test, @Nullable Object[] values)
      throws Exception {
    try {
      Object _ = method.invoke(test, values);
    } catch (InvocationTargetException e) {
      throw Rethrow.of(Objects.requireNonNull(e.getCause(), "cause"));
    }
  }

  private static TestScheduler.Builder builder(@Nullable HeddleTest options) {
    TestScheduler.Builder builder = TestScheduler.builder();
    if (options == null) {
      return builder;
    }
    if (options.realSockets()) {
      builder.realSockets();
    }
    return builder
        .seed(options.seed())
        .seeds(options.seeds())
        .virtualLimit(Duration.ofSeconds(options.virtualSeconds()))
        .realLimit(Duration.ofSeconds(options.realSeconds()));
  }

  private static @Nullable Object[] values(
      Method method, List<Object> given, @Nullable Awaiter co, Simulation sim) {
    @Nullable Object[] values = given.toArray();
    Class<?>[] types = method.getParameterTypes();
    for (int i = 0; i < values.length; i++) {
      if (OURS.contains(types[i])) {
        values[i] = value(types[i], co, sim);
      }
    }
    return values;
  }

  private static @Nullable Object value(Class<?> type, @Nullable Awaiter co, Simulation sim) {
    if (type == Awaiter.class) {
      return co;
    }
    if (type == Scheduler.class) {
      return sim.scheduler();
    }
    if (type == Simulation.class) {
      return sim;
    }
    if (type == VirtualClock.class) {
      return sim.clock();
    }
    if (type == Choices.class) {
      return sim.choices();
    }
    if (type == Processes.class) {
      return sim.processes();
    }
    return type == Network.class ? sim.network() : sim.host();
  }
}
