package dev.heddle.weave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.coroutine.GeneratorBody;
import dev.heddle.coroutine.Yielder;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The method that is woven is the one that a call of the body reaches. */
final class MethodFoundTest {

  /** Runs a body on an engine with a stack, and on the best engine; both must give this. */
  private static <R> void gives(String expected, CoroutineBody<String, ?, R> body) {
    assertEquals(expected, run(Engine.HANDOFF, body), "on a stack");
    assertEquals(expected, run(best(body), body), () -> Engine.explain(body));
  }

  private static Engine best(CoroutineBody<?, ?, ?> body) {
    return Engine.explain(body).equals("woven") ? Engine.WOVEN : Engine.HANDOFF;
  }

  private static <S, R> String run(Engine engine, CoroutineBody<String, S, R> body) {
    List<Object> seen = new ArrayList<>();
    try (Coroutine<String, S, R> coroutine = Coroutine.of(engine, body)) {
      while (coroutine.next()) {
        seen.add(coroutine.yielded());
      }
      seen.add(coroutine.result());
    }
    return seen.toString();
  }

  private static void woven(CoroutineBody<?, ?, ?> body) {
    assertEquals("woven", Engine.explain(body));
  }

  private static void refused(String reason, CoroutineBody<?, ?, ?> body) {
    String explanation = Engine.explain(body);
    assertTrue(explanation.startsWith("not woven: " + reason), explanation);
  }

  interface Framed extends GeneratorBody<String> {
    void items(Yielder<String, Void> y) throws Exception;

    @Override
    default void generate(Yielder<String, Void> y) throws Exception {
      y.yield("header");
      items(y);
      y.yield("footer");
    }
  }

  @Test
  void aDefaultGenerateThatWrapsTheLambdaRuns() {
    Framed framed = y -> y.yield("item");
    gives("[header, item, footer, null]", framed);
  }

  interface Counting extends CoroutineBody<String, Object, String> {
    Object counted(Yielder<String, Object> y) throws Exception;

    @Override
    default String run(Yielder<String, Object> y) throws Exception {
      return "counted " + y.yield("first") + y.yield("second");
    }
  }

  @Test
  void aDefaultRunWithAnotherResultTypeIsWovenInPlaceOfTheLambda() {
    Counting counting = y -> y.yield("never");
    woven(counting);
    gives("[first, second, counted nullnull]", counting);
  }

  interface Renamed extends GeneratorBody<String> {
    @Override
    void generate(Yielder<String, Void> y);
  }

  @Test
  void anInterfaceThatOnlyRepeatsTheMethodIsWoven() {
    Renamed renamed = y -> y.yield("item");
    woven(renamed);
    gives("[item, null]", renamed);
  }

  abstract static class Base implements CoroutineBody<String, Object, String> {
    private final String end = "end";

    @Override
    public String run(Yielder<String, Object> y) {
      y.yield("run");
      return end;
    }
  }

  static class Inheriting extends Base {}

  @Test
  void anInheritedMethodIsWoven() {
    woven(new Inheriting());
    gives("[run, end]", new Inheriting());
  }

  interface Visitor {
    void visit(Yielder<String, Object> y);
  }

  static final class Visiting extends Base implements Visitor {
    @Override
    public void visit(Yielder<String, Object> y) {
      y.yield("visit");
    }
  }

  @Test
  void aSecondMethodThatTakesTheYielderIsNotTheBody() {
    woven(new Visiting());
    gives("[run, end]", new Visiting());
  }

  static final class Overriding extends Base {
    @Override
    public String run(Yielder<String, Object> y) {
      return "overridden " + y.yield("sub");
    }
  }

  @Test
  void theMethodThatOverridesIsWoven() {
    woven(new Overriding());
    gives("[sub, overridden null]", new Overriding());
  }

  static final class Both implements GeneratorBody<String> {
    @Override
    public void generate(Yielder<String, Void> y) {
      y.yield("generate");
    }

    @Override
    public Void run(Yielder<String, Void> y) {
      y.yield("run");
      return null;
    }
  }

  @Test
  void aClassThatOverridesRunAndGenerateIsWovenByItsRun() {
    woven(new Both());
    gives("[run, null]", new Both());
  }

  interface Other extends Serializable {
    Object go(Yielder<String, Object> y);
  }

  static final class Twice extends Base implements Other {
    @Override
    public Object go(Yielder<String, Object> y) {
      return y.yield("go");
    }
  }

  @Test
  void aClassWithTwoBodiesIsRefusedByName() {
    refused("each of go() and run() of " + Twice.class.getName() + " may be the body", new Twice());
    gives("[run, end]", new Twice());
  }

  interface Twin extends GeneratorBody<String> {
    @Override
    default void generate(Yielder<String, Void> y) {
      y.yield("left");
    }
  }

  @Test
  void theMostSpecificDefaultMethodIsWoven() {
    final class Mixed implements GeneratorBody<String>, Twin {}
    woven(new Mixed());
    gives("[left, null]", new Mixed());
  }

  @Test
  void anAnonymousClassIsWoven() {
    CoroutineBody<String, Object, Object> body =
        new CoroutineBody<>() {
          @Override
          public Object run(Yielder<String, Object> y) {
            return y.yield("anonymous");
          }
        };
    woven(body);
    gives("[anonymous, null]", body);
  }

  @Test
  void explainAllJudgesTheDefaultMethodThatWrapsALambda() {
    assertEquals(
        List.of("body (Wraps.java:8): not woven: its Yielder is stored in an array (Wraps.java:5)"),
        Engine.explainAll(
            compiled(
                """
                import dev.heddle.coroutine.*;
                public class Wraps {
                  interface Framed extends GeneratorBody<String> {
                    void items(Yielder<String, Void> y) throws Exception;
                    default void generate(Yielder<String, Void> y) throws Exception { items(y); Object[] held = {y}; }
                  }
                  Framed body() {
                    return y -> y.yield("item");
                  }
                }
                """)));
  }

  /** No compiler for Java makes such methods; obfuscators that give short names do. */
  @Test
  void methodsThatDifferInTheirResultAloneAreToldApart() throws Exception {
    ClassFile files = ClassFile.of();
    Compiled renamed =
        Compiled.of(
                "Short",
                """
                import dev.heddle.coroutine.*;
                public class Short implements CoroutineBody<String, Object, Object> {
                  static Object first(Yielder<String, Object> y) {
                    return "first" + y.yield("1");
                  }
                  static String other(Yielder<String, Object> y) {
                    return "other" + y.yield("2");
                  }
                  public Object run(Yielder<String, Object> y) {
                    return first(y) + other(y);
                  }
                  public CoroutineBody<String, Object, Object> reference() {
                    return Short::first;
                  }
                }
                """)
            .changed(
                bytes -> {
                  ClassModel model = files.parse(bytes);
                  byte[] calls = files.transformClass(model, renamedCalls());
                  return files.transformClass(files.parse(calls), renamedMethods());
                });
    @SuppressWarnings("unchecked") // it is one
    CoroutineBody<String, Object, Object> body =
        (CoroutineBody<String, Object, Object>) renamed.newInstance("Short");
    woven(body);
    gives("[1, 2, firstnullothernull]", body);
    @SuppressWarnings("unchecked") // it is one
    CoroutineBody<String, Object, Object> reference =
        (CoroutineBody<String, Object, Object>) body.getClass().getMethod("reference").invoke(body);
    woven(reference);
    gives("[1, firstnull]", reference);
  }

  private static ClassTransform renamedCalls() {
    return ClassTransform.transformingMethodBodies(
        (code, element) -> {
          if (element instanceof InvokeInstruction call && call.name().equalsString("other")) {
            code.invokestatic(call.owner().asSymbol(), "first", call.typeSymbol());
          } else {
            code.with(element);
          }
        });
  }

  private static ClassTransform renamedMethods() {
    return (builder, element) -> {
      if (element instanceof MethodModel method && method.methodName().equalsString("other")) {
        int flags = method.flags().flagsMask();
        builder.withMethod(
            "first", method.methodTypeSymbol(), flags, other -> method.forEach(other::with));
      } else {
        builder.with(element);
      }
    };
  }

  private static Class<?> compiled(String source) {
    try {
      return Compiled.of("Wraps", source, "-g").loadClass("Wraps");
    } catch (ClassNotFoundException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
