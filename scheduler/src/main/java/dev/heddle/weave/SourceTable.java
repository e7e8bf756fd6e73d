package dev.heddle.weave;

import java.lang.classfile.Attributes;
import java.lang.classfile.CodeElement;
import java.lang.classfile.attribute.MethodParameterInfo;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a machine knows of its source: method, file, and for each place the line and the names of
 * the locals that are kept there. Each machine class has one, in a static field.
 */
public final class SourceTable {
  /** A local variable that is kept at a place; {@code cell} is null if its value is known. */
  private record Local(String name, SpillPlan.@Nullable Cell cell) {}

  private final Class<?> home;
  private final String method;
  private final @Nullable String file;

  /** The line of each place, or -1; the first is that of the start. */
  private final int[] lines;

  /**
   * The places for which a trace has asked before; any thread may write what is always the same.
   */
  private final @Nullable StackTraceElement[] elements;

  /** The locals that are kept at each place, in the order of their slots. */
  private final List<List<Local>> locals = new ArrayList<>();

  SourceTable(WeaveUnit unit) {
    MethodCode code = unit.source().methodCode();
    List<SpillPlan.Stop> stops = unit.plan().stops;
    home = unit.source().home();
    method = code.method.methodName().stringValue();
    file = code.sourceFile().orElse(null);
    lines = new int[stops.size() + 1];
    elements = new @Nullable StackTraceElement[lines.length];
    lines[0] = code.line(0);
    locals.add(List.of());
    for (SpillPlan.Stop stop : stops) {
      Suspension suspension = stop.suspension();
      lines[suspension.number()] = code.line(suspension.index());
      locals.add(locals(code, stop));
    }
  }

  private static List<Local> locals(MethodCode code, SpillPlan.Stop stop) {
    List<Local> locals = new ArrayList<>();
    for (SpillPlan.Move move : stop.locals()) {
      String name = nameOf(code, move.slot(), stop.suspension().index());
      if (name != null && !move.value().isSuspender()) {
        locals.add(new Local(name, move.cell()));
      }
    }
    return List.copyOf(locals);
  }

  static @Nullable String nameOf(MethodCode code, int slot, int index) {
    for (CodeElement element : code.code) {
      if (element instanceof LocalVariable local
          && local.slot() == slot
          && code.indexOf(local.startScope()) <= index
          && index < code.indexOf(local.endScope())) {
        return local.name().stringValue();
      }
    }
    return code.isAssigned(slot) ? null : parameterName(code, slot);
  }

  private static @Nullable String parameterName(MethodCode code, int slot) {
    boolean instance = !BodyFinder.isStatic(code.method);
    if (instance && slot == 0) {
      return "this";
    }
    List<MethodParameterInfo> names =
        code.method
            .findAttribute(Attributes.methodParameters())
            .map(a -> a.parameters())
            .orElse(List.of());
    List<ClassDesc> types = code.method.methodTypeSymbol().parameterList();
    int at = instance ? 1 : 0;
    for (int i = 0; i < Math.min(names.size(), types.size()); i++) {
      if (at == slot) {
        return names.get(i).name().map(n -> n.stringValue()).orElse(null);
      }
      at += FrameValue.of(types.get(i)).slots();
    }
    return null;
  }

  /** The place as a stack trace shows it. */
  public StackTraceElement at(int place) {
    assert place >= 0 && place < lines.length : place + " of " + method;
    StackTraceElement known = elements[place];
    if (known == null) {
      known = elementAt(place);
      elements[place] = known;
    }
    return known;
  }

  private StackTraceElement elementAt(int place) {
    String loader = home.getClassLoader() == null ? null : home.getClassLoader().getName();
    return Traces.asWritten(
        new StackTraceElement(
            loader, home.getModule().getName(), null, home.getName(), method, file, lines[place]));
  }

  /** The class that declares the method. */
  public Class<?> home() {
    return home;
  }

  /** The values of the locals that {@code machine} keeps at a place, by name. */
  public Map<String, @Nullable Object> values(Object machine, int place) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Local local : locals.get(place)) {
      values.put(local.name(), value(machine, local.cell()));
    }
    return values;
  }

  private static @Nullable Object value(Object machine, SpillPlan.@Nullable Cell cell) {
    if (cell == null) {
      return null;
    }
    Class<?> type = machine.getClass();
    try {
      MethodHandles.Lookup lookup = Weaver.privateLookup(type);
      Class<?> field = (Class<?>) cell.type().resolveConstantDesc(lookup);
      return lookup.findGetter(type, cell.name(), field).invoke(machine);
    } catch (Throwable e) {
      throw new LinkageError("a field of " + type + " cannot be read", e);
    }
  }
}
