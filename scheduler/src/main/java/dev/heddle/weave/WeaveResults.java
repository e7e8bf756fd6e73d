package dev.heddle.weave;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.function.Function;

/** The results for the bodies of one class: one for all, or one for each class of a receiver. */
sealed interface WeaveResults permits WeaveResult, WeaveResults.ByReceiver {
  /** The result for one of the bodies. */
  WeaveResult of(Object body);

  /** For method references: the method depends on the class of the receiver. */
  final class ByReceiver implements WeaveResults {
    private final MethodHandle receiver;
    private final ClassValue<WeaveResult> results;

    ByReceiver(MethodHandle receiver, Function<Class<?>, WeaveResult> weave) {
      this.receiver = receiver.asType(MethodType.genericMethodType(1));
      this.results =
          new ClassValue<>() {
            @Override
            protected WeaveResult computeValue(Class<?> type) {
              return weave.apply(type);
            }
          };
    }

    @Override
    public WeaveResult of(Object body) {
      try {
        return results.get(receiver.invokeExact(body).getClass());
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable impossible) {
        throw new LinkageError("a field cannot be read", impossible);
      }
    }
  }
}
