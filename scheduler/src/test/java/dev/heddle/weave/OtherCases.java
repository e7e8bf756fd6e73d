package dev.heddle.weave;

import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@link Cases} of another loader, which has classes of its own for them. */
final class OtherCases {
  private final Object cases;

  private OtherCases(Object cases) {
    this.cases = cases;
  }

  /** Makes a body that writes to this log. */
  interface Maker<B> {
    B make(Cases.Log log);
  }

  /** What the static method of this name gives. */
  static OtherCases of(ClassLoader loader, String method) {
    try {
      Class<?> cases = loader.loadClass(Cases.class.getName());
      return new OtherCases(call(cases.getDeclaredMethod(method), null));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  /** The makers that the method of this name gives, by the names of the bodies. */
  <B> Map<String, Maker<B>> makers(String method) {
    Map<String, Maker<B>> makers = new LinkedHashMap<>();
    map(method).forEach((name, maker) -> makers.put((String) name, log -> make(maker, log)));
    return makers;
  }

  /** The texts that the method of this name gives, by the names of the bodies. */
  Map<String, String> texts(String method) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(method).forEach((name, text) -> texts.put((String) name, (String) text));
    return texts;
  }

  private Map<?, ?> map(String method) {
    try {
      return (Map<?, ?>) call(cases.getClass().getDeclaredMethod(method), cases);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <B> B make(Object maker, Cases.Log log) {
    try {
      return (B) call(maker.getClass().getMethod("make", Cases.Log.class), maker, log);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  private static Object call(Method method, Object receiver, Object... arguments)
      throws ReflectiveOperationException {
    method.setAccessible(true);
    return method.invoke(receiver, arguments);
  }
}
