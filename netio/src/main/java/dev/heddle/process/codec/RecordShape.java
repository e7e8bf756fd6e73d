package dev.heddle.process.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The components and the constructor of a record class; looked up once for each class. */
final class RecordShape {
  private static final ClassValue<RecordShape> KNOWN =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final String name;
  private final RecordComponent[] components;
  private final Constructor<?> constructor;

  private RecordShape(Class<?> type) {
    name = type.getName();
    components = type.getRecordComponents();
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      for (RecordComponent component : components) {
        component.getAccessor().setAccessible(true);
      }
    } catch (NoSuchMethodException e) {
      throw new AssertionError(name + " has no canonical constructor", e);
    }
  }

  /**
   * The shape of a record class.
   *
   * @throws CodecException if the module of the record does not open its package
   */
  static RecordShape of(Class<?> type) throws CodecException {
    try {
      return KNOWN.get(type);
    } catch (RuntimeException e) {
      throw new CodecException(
          type.getName() + " is in a package that its module does not open to this one", e);
    }
  }

  int size() {
    return components.length;
  }

  /** The component as a step in the path of an error. */
  String step(int index) {
    return "." + components[index].getName();
  }

  @Nullable Object get(Object value, int index) throws CodecException {
    Method accessor = components[index].getAccessor();
    try {
      return accessor.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new CodecException(
          name + step(index) + " cannot be read: " + SafeText.describe(causeOf(e)), e);
    }
  }

  /** Creates a record by the canonical constructor, which may refuse the values. */
  Object make(@Nullable Object[] values) throws CodecException {
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new CodecException(name + " cannot be made: " + SafeText.describe(causeOf(e)), e);
    }
  }

  private static Throwable causeOf(Exception e) {
    return e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
  }
}
