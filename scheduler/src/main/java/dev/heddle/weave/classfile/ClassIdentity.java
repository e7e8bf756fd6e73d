package dev.heddle.weave.classfile;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.ExceptionsAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.constant.ConstantDescs;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares a class file with the loaded class as far as reflection shows the class: its superclass,
 * its interfaces, and all its members with their flags, those of the compiler included. Reflection
 * does not show the code. {@link ClassOrigin} and {@link ClassAgents} therefore ask where the file
 * comes from, and who may have changed the class.
 */
final class ClassIdentity {
  private ClassIdentity() {}

  /** Refuses a class file that describes another version of the class. */
  static void check(Class<?> type, ClassModel model) {
    String file = "the class file of " + type.getName() + " is not of the class that was loaded: ";
    try {
      compare(file + "supertypes differ: ", supertypes(type), supertypes(model));
      compare(file + "fields differ: ", fields(type), fields(model));
      compare(file + "methods differ: ", methods(type), methods(model));
    } catch (NoClassDefFoundError | TypeNotPresentException e) {
      throw new Refusal(
          "its class " + type.getName() + " cannot be compared with its class file: " + e);
    }
  }

  private static void compare(String what, List<String> loaded, List<String> read) {
    if (!loaded.equals(read)) {
      Set<String> differing = new TreeSet<>(loaded);
      differing.addAll(read);
      differing.removeIf(member -> loaded.contains(member) && read.contains(member));
      throw new Refusal(what + String.join(", ", differing));
    }
  }

  private static List<String> supertypes(Class<?> type) {
    Class<?> above = type.isInterface() ? Object.class : type.getSuperclass();
    List<String> names = new ArrayList<>(List.of(above.getName()));
    Arrays.stream(type.getInterfaces()).map(Class::getName).forEach(names::add);
    return names;
  }

  private static List<String> supertypes(ClassModel model) {
    List<String> names = new ArrayList<>();
    model.superclass().ifPresent(above -> names.add(name(above)));
    model.interfaces().forEach(face -> names.add(name(face)));
    return names;
  }

  private static String name(ClassEntry entry) {
    return entry.asInternalName().replace('/', '.');
  }

  private static List<String> fields(Class<?> type) {
    Set<String> fields = new TreeSet<>();
    for (Field field : type.getDeclaredFields()) {
      fields.add(
          member(field.getName(), " ", field.getType().descriptorString(), field.getModifiers()));
    }
    return List.copyOf(fields);
  }

  private static List<String> fields(ClassModel model) {
    Set<String> fields = new TreeSet<>();
    for (FieldModel field : model.fields()) {
      String descriptor = field.fieldType().stringValue();
      fields.add(
          member(field.fieldName().stringValue(), " ", descriptor, field.flags().flagsMask()));
    }
    return List.copyOf(fields);
  }

  private static List<String> methods(Class<?> type) {
    Set<String> methods = new TreeSet<>();
    for (Method method : type.getDeclaredMethods()) {
      String descriptor = ClassFiles.descriptorOf(method);
      methods.add(method(method, method.getName(), descriptor));
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      String descriptor = ClassFiles.descriptorOf(constructor);
      methods.add(method(constructor, ConstantDescs.INIT_NAME, descriptor));
    }
    return List.copyOf(methods);
  }

  private static String method(Executable method, String name, String descriptor) {
    List<String> thrown = Arrays.stream(method.getExceptionTypes()).map(Class::getName).toList();
    return member(name, "", descriptor + throwing(thrown), method.getModifiers());
  }

  private static List<String> methods(ClassModel model) {
    Set<String> methods = new TreeSet<>();
    for (MethodModel method : model.methods()) {
      String name = method.methodName().stringValue();
      if (!name.equals(ConstantDescs.CLASS_INIT_NAME)) { // reflection does not show it
        List<String> thrown =
            method
                .findAttribute(Attributes.exceptions())
                .map(ExceptionsAttribute::exceptions)
                .orElse(List.of())
                .stream()
                .map(ClassIdentity::name)
                .toList();
        String descriptor = method.methodType().stringValue() + throwing(thrown);
        methods.add(member(name, "", descriptor, method.flags().flagsMask()));
      }
    }
    return List.copyOf(methods);
  }

  private static String throwing(List<String> thrown) {
    return thrown.isEmpty() ? "" : " throws " + String.join(" ", thrown);
  }

  /** What is compared of a member; the flags are written as a number, as not all have names. */
  private static String member(String name, String between, String descriptor, int flags) {
    return name + between + descriptor + " (0x" + Integer.toHexString(flags) + ")";
  }
}
