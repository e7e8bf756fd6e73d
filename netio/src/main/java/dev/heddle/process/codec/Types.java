package dev.heddle.process.codec;

import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.Map;

/** Questions about declared types. */
final class Types {
  private Types() {}

  /** The class of a type; for a primitive type its wrapper. */
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

  /**
   * The records, enums and sealed types, by name, that the declaration of this type names: the type
   * itself, the components of a record, the permitted subclasses of a sealed type, and the
   * arguments of a generic type, each with all that it names in turn.
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
        visit(
            raw(variable),
            found); // only the class of the bound: T extends Comparable<T> would never end
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
