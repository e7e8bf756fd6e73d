package dev.heddle.process;

import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declared types, and the classes that a value of one may consist of. */
final class Types {
  private Types() {}

  /** The class behind a type, a wrapper for a primitive. */
  static Class<?> raw(Type type) {
    return switch (type) {
      case Class<?> c -> MethodType.methodType(c).wrap().returnType();
      case ParameterizedType generic -> raw(generic.getRawType());
      case WildcardType wildcard -> raw(wildcard.getUpperBounds()[0]);
      case TypeVariable<?> variable -> raw(variable.getBounds()[0]);
      case GenericArrayType array -> raw(array.getGenericComponentType()).arrayType();
      default -> Object.class;
    };
  }

  /** A value whose codec has seen to it that it is of this class. */
  @SuppressWarnings("unchecked")
  static <T> @Nullable T cast(Class<T> type, @Nullable Object value) {
    assert value == null || raw(type).isInstance(value) : value + " is no " + type;
    return (T) value;
  }

  /**
   * The records and enums, by name, that a value of this type may hold as far as the declarations
   * tell: its own class, the components of a record, the permitted ones of a sealed type, and what
   * stands in angle brackets.
   */
  static Map<String, Class<?>> reachable(Type type) {
    Map<String, Class<?>> found = new HashMap<>();
    visit(type, found);
    return found;
  }

  private static void visit(Type type, Map<String, Class<?>> found) {
    switch (type) {
      case Class<?> c -> visitClass(c, found);
      case ParameterizedType generic -> {
        visit(generic.getRawType(), found);
        for (Type argument : generic.getActualTypeArguments()) {
          visit(argument, found);
        }
      }
      case WildcardType wildcard -> visit(wildcard.getUpperBounds()[0], found);
      case TypeVariable<?> variable -> {
        visit(raw(variable), found); // its class only: T extends Comparable<T> would never end
      }
      default -> {}
    }
  }

  private static void visitClass(Class<?> type, Map<String, Class<?>> found) {
    if ((type.isRecord() || type.isEnum() || type.isSealed())
        && found.put(type.getName(), type) == null) {
      if (type.isRecord()) {
        for (var component : type.getRecordComponents()) {
          visit(component.getGenericType(), found);
        }
      } else if (type.isSealed() && !type.isEnum()) {
        for (Class<?> permitted : type.getPermittedSubclasses()) {
          visit(permitted, found);
        }
      }
    }
  }
}
