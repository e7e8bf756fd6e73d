package dev.heddle.weave;

import static java.lang.constant.ConstantDescs.CD_CallSite;
import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_MethodHandle;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_MethodType;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.MTD_void;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heddle.coroutine.Coroutine;
import dev.heddle.coroutine.CoroutineBody;
import dev.heddle.coroutine.Engine;
import dev.heddle.weave.other.Far;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Whatever the body's class may touch, its machine can; or the body is refused.
 *
 * <p>This file is long because each kind of access is made by hand, as no compiler makes it.
 */
final class AccessTest {
  private static final int SECRET = new Object().hashCode() | 1;

  @SuppressWarnings("UnusedVariable") // an updater uses it
  private volatile int count = 6;

  private static Object result(Engine engine, CoroutineBody<Object, Object, Object> body) {
    try (Coroutine<Object, Object, Object> coroutine = Coroutine.of(engine, body)) {
      assertTrue(coroutine.next());
      assertTrue(!coroutine.next());
      return coroutine.result();
    }
  }

  private static void woven(Object expected, CoroutineBody<Object, Object, Object> body) {
    assertEquals(expected, result(Engine.HANDOFF, body));
    assertEquals("woven", Engine.explain(body));
    assertEquals(expected, result(Engine.WOVEN, body));
  }

  private static void refused(
      Object expected, String reason, CoroutineBody<Object, Object, Object> body) {
    assertEquals(expected, result(Engine.HANDOFF, body));
    String explanation = Engine.explain(body);
    assertTrue(explanation.startsWith("not woven: ") && explanation.contains(reason), explanation);
  }

  @Test
  void aBodyThatMakesAFieldUpdaterIsRefused() {
    refused(
        7,
        "calls newUpdater(), which depends on its caller (AccessTest.java",
        y -> {
          y.yield(1);
          return AtomicIntegerFieldUpdater.newUpdater(AccessTest.class, "count")
              .incrementAndGet(new AccessTest());
        });
  }

  private static final class Hidden {
    private Hidden() {}

    @Override
    public String toString() {
      return "hidden";
    }
  }

  @Test
  @SuppressWarnings({"deprecation", "ClassNewInstance"}) // Class.newInstance looks at its caller
  void aBodyThatCallsNewInstanceIsRefused() {
    refused(
        "hidden",
        "calls newInstance(), which depends on its caller",
        y -> {
          y.yield(1);
          return Hidden.class.newInstance().toString();
        });
  }

  interface Getter {
    Object get(Object object) throws Exception;
  }

  @Test
  void aBodyThatReadsByReflectionIsRefusedAlsoByAMethodReference() throws Exception {
    Field secret = AccessTest.class.getDeclaredField("SECRET");
    refused(
        SECRET,
        "refers to get(), which depends on its caller",
        y -> {
          y.yield(1);
          Getter getter = secret::get;
          return getter.get(null);
        });
    refused(
        SECRET,
        "calls get(), which depends on its caller",
        y -> {
          y.yield(1);
          return secret.get(null);
        });
  }

  @Test
  void aBodyThatAsksForALookupIsRefused() {
    refused(
        AccessTest.class,
        "calls lookup(), which depends on its caller",
        y -> {
          y.yield(1);
          return MethodHandles.lookup().lookupClass();
        });
    refused(
        AccessTest.class.getNestHost(),
        "refers to lookup(), which depends on its caller",
        y -> {
          y.yield(1);
          Supplier<MethodHandles.Lookup> lookup = MethodHandles::lookup;
          return lookup.get().lookupClass().getNestHost();
        });
  }

  @Test
  void classesLoggersAndResourcesAreThoseOfTheBody() {
    woven(
        List.of(AccessTest.class, true),
        y -> {
          y.yield(1);
          System.getLogger("access").log(System.Logger.Level.TRACE, "");
          return List.of(
              Class.forName("dev.heddle.weave.AccessTest"),
              AccessTest.class.getResource("AccessTest.class") != null);
        });
  }

  @Test
  void aBodyThatWalksItsStackIsRefused() {
    refused(
        true,
        "calls walk(), which depends on its caller",
        y -> {
          y.yield(1);
          return StackWalker.getInstance().walk(Stream::count) > 0;
        });
  }

  /** They ask for the class loader, the module or the package of their caller. */
  private static final Set<String> HARMLESS =
      Set.of(
          ("forName getResource getResourceAsStream addExports addOpens addReads addUses getPackage"
                  + " getPackages load loadLibrary loadInstalled getLogger clearCache getBundle"
                  + " setAccessible trySetAccessible")
              .split(" "));

  @Test
  void eachMethodOfTheJdkThatLooksAtItsCallerIsRefusedOrHarmless() {
    for (Class<?> type :
        List.of(
            Class.class,
            ClassLoader.class,
            Field.class,
            Method.class,
            Constructor.class,
            AccessibleObject.class,
            InvocationHandler.class,
            System.class,
            Runtime.class,
            Module.class,
            Package.class,
            MethodHandles.class,
            StackWalker.class,
            ResourceBundle.class,
            ServiceLoader.class,
            AtomicIntegerFieldUpdater.class,
            AtomicLongFieldUpdater.class,
            AtomicReferenceFieldUpdater.class)) {
      for (Method method : type.getDeclaredMethods()) {
        if (!Modifier.isPrivate(method.getModifiers()) && looksAtItsCaller(method)) {
          boolean harmless = HARMLESS.contains(method.getName());
          assertEquals(
              !harmless,
              CallerSensitive.is(type.getName().replace('.', '/'), method.getName()),
              method::toString);
        }
      }
    }
  }

  private static boolean looksAtItsCaller(Method method) {
    return Arrays.stream(method.getAnnotations())
        .anyMatch(a -> a.annotationType().getSimpleName().equals("CallerSensitive"));
  }

  interface Made extends Serializable, Supplier<Object> {}

  @Test
  void aLambdaOfTheBodyIsMadeAnewByTheBodysClass() throws ReflectiveOperationException {
    CoroutineBody<Object, Object, Object> body =
        y -> {
          y.yield(1);
          Made made = () -> "made";
          return made;
        };
    assertEquals("woven", Engine.explain(body));
    Object made = result(Engine.WOVEN, body);
    Method writeReplace = made.getClass().getDeclaredMethod("writeReplace");
    writeReplace.setAccessible(true);
    assertEquals(
        AccessTest.class.getName().replace('.', '/'),
        ((SerializedLambda) writeReplace.invoke(made)).getCapturingClass());
  }

  @Test
  void aProtectedMethodWithATypeOfAnotherPackageIsRefusedAtWeaving() {
    refused("unnamed", "uses unnamed", new Near().body());
  }

  private static final class Near extends Far {
    CoroutineBody<Object, Object, Object> body() {
      return y -> {
        y.yield(1);
        return "" + unnamed();
      };
    }
  }

  // What no compiler of ours writes

  private static final ClassDesc YIELDER = ClassDesc.of("dev.heddle.coroutine.Yielder");
  private static final MethodTypeDesc RUN = MethodTypeDesc.of(CD_Object, YIELDER);
  private static final MethodTypeDesc MAKE_CONSTANT =
      MethodTypeDesc.of(CD_Object, CD_MethodHandles_Lookup, CD_String, CD_Class);
  private static final MethodTypeDesc MAKE_SITE =
      MethodTypeDesc.of(CD_CallSite, CD_MethodHandles_Lookup, CD_String, CD_MethodType);
  private static final int HIDDEN = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC;

  private static byte[] body(String name, Consumer<ClassBuilder> more, Consumer<CodeBuilder> end) {
    return ClassFile.of()
        .build(
            ClassDesc.of(name),
            builder -> {
              builder.withFlags(ClassFile.ACC_PUBLIC);
              builder.withInterfaceSymbols(ClassDesc.of("dev.heddle.coroutine.CoroutineBody"));
              builder.withMethodBody(
                  "<init>",
                  MTD_void,
                  ClassFile.ACC_PUBLIC,
                  code -> code.aload(0).invokespecial(CD_Object, "<init>", MTD_void).return_());
              builder.withMethodBody(
                  "run",
                  RUN,
                  ClassFile.ACC_PUBLIC,
                  code -> {
                    code.aload(1).aconst_null();
                    code.invokeinterface(YIELDER, "yield", MethodTypeDesc.of(CD_Object, CD_Object));
                    code.pop();
                    end.accept(code);
                    code.areturn();
                  });
              more.accept(builder);
            });
  }

  @SuppressWarnings("unchecked")
  private static CoroutineBody<Object, Object, Object> made(Map<String, byte[]> classes, String of)
      throws ReflectiveOperationException {
    ClassLoader loader =
        new ClassLoader(AccessTest.class.getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }

          @Override
          public InputStream getResourceAsStream(String name) {
            byte[] bytes = classes.get(name.replace(".class", ""));
            return bytes == null
                ? super.getResourceAsStream(name)
                : new ByteArrayInputStream(bytes);
          }
        };
    return (CoroutineBody<Object, Object, Object>)
        loader.loadClass(of).getConstructor().newInstance();
  }

  private static void wovenAs(
      Object expected, Consumer<ClassBuilder> more, Consumer<CodeBuilder> end) throws Exception {
    woven(expected, made(Map.of("Made", body("Made", more, end)), "Made"));
  }

  private static DirectMethodHandleDesc hidden(String name, MethodTypeDesc type) {
    return MethodHandleDesc.ofMethod(
        DirectMethodHandleDesc.Kind.STATIC, ClassDesc.of("Made"), name, type);
  }

  private static void writeLookupClass(CodeBuilder code) {
    code.aload(0);
    code.invokevirtual(CD_MethodHandles_Lookup, "lookupClass", MethodTypeDesc.of(CD_Class));
    code.invokevirtual(CD_Class, "getName", MethodTypeDesc.of(CD_String)).areturn();
  }

  @Test
  void aConstantOfAPrivateBootstrapMethodIsMadeForTheBodysClass() throws Exception {
    DynamicConstantDesc<?> constant =
        DynamicConstantDesc.ofNamed(hidden("make", MAKE_CONSTANT), "probes", CD_Object);
    wovenAs(
        "Made",
        c -> c.withMethodBody("make", MAKE_CONSTANT, HIDDEN, AccessTest::writeLookupClass),
        code -> code.loadConstant(constant));
  }

  @Test
  void aCallOfAPrivateBootstrapMethodIsLinkedForTheBodysClass() throws Exception {
    ClassDesc site = ClassDesc.of("java.lang.invoke.ConstantCallSite");
    ClassDesc handles = ClassDesc.of("java.lang.invoke.MethodHandles");
    wovenAs(
        "linked",
        c ->
            c.withMethodBody(
                "link",
                MAKE_SITE,
                HIDDEN,
                code -> {
                  code.new_(site).dup().loadConstant(CD_String).loadConstant("linked");
                  code.invokestatic(
                      handles, "constant", MethodTypeDesc.of(CD_MethodHandle, CD_Class, CD_Object));
                  code.invokespecial(
                      site, "<init>", MTD_void.insertParameterTypes(0, CD_MethodHandle));
                  code.areturn();
                }),
        code ->
            code.invokedynamic(
                DynamicCallSiteDesc.of(
                    hidden("link", MAKE_SITE), "x", MethodTypeDesc.of(CD_String))));
  }

  @Test
  void aHandleOfAPrivateMethodIsAConstantOfTheMachineToo() throws Exception {
    MethodTypeDesc type = MethodTypeDesc.of(CD_Object);
    wovenAs(
        "called",
        c ->
            c.withMethodBody("called", type, HIDDEN, code -> code.loadConstant("called").areturn()),
        code ->
            code.loadConstant(hidden("called", type))
                .invokevirtual(CD_MethodHandle, "invokeExact", type));
  }

  @Test
  void nestmatesAreFoundWhateverTheirNamesAre() throws Exception {
    ClassDesc host = ClassDesc.of("a");
    Map<String, byte[]> classes = new HashMap<>();
    classes.put(
        "a",
        ClassFile.of()
            .build(
                host,
                builder -> {
                  builder.with(NestMembersAttribute.ofSymbols(ClassDesc.of("b")));
                  builder.withMethodBody(
                      "c",
                      MethodTypeDesc.of(CD_Object),
                      HIDDEN,
                      code -> code.loadConstant("renamed").areturn());
                }));
    classes.put(
        "b",
        body(
            "b",
            builder -> builder.with(NestHostAttribute.of(host)),
            code -> code.invokestatic(host, "c", MethodTypeDesc.of(CD_Object))));
    woven("renamed", made(classes, "b"));
  }

  @Test
  void aMonitorRoundALoopWhoseTestIsAtTheEndIsFound() throws Exception {
    MethodTypeDesc yield = MethodTypeDesc.of(CD_Object, CD_Object);
    var body =
        made(
            Map.of(
                "Made",
                body(
                    "Made",
                    c -> {},
                    code -> {
                      Label test = code.newLabel();
                      Label start = code.newLabel();
                      code.aload(0).monitorenter().iconst_0().istore(2).goto_(test);
                      code.labelBinding(start).aload(1).aconst_null();
                      code.invokeinterface(YIELDER, "yield", yield).pop().iinc(2, 1);
                      code.labelBinding(test).iload(2).iconst_3().if_icmplt(start);
                      code.aload(0).monitorexit().aconst_null();
                    })),
            "Made");
    assertEquals("not woven: suspends inside synchronized (unknown source)", Engine.explain(body));
  }

  @Test
  void aLoopWithoutASuspensionMayHoldAMonitor() throws Exception {
    wovenAs(
        "end",
        c -> {},
        code -> {
          Label test = code.newLabel();
          Label start = code.newLabel();
          code.aload(0).monitorenter().iconst_0().istore(2).goto_(test);
          code.labelBinding(start).iinc(2, 1);
          code.labelBinding(test).iload(2).iconst_3().if_icmplt(start);
          code.aload(0).monitorexit().loadConstant("end");
        });
  }

  static final class Failing {
    static final int ZERO = 1 / Integer.parseInt("0");

    Failing(Object argument) {}
  }

  @Test
  void aClassWhoseInitialiserFailsFailsAsOnAStack() {
    CoroutineBody<Object, Object, Object> body =
        y -> {
          String seen = "";
          for (int i = 0; i < 3; i++) {
            try {
              Object never = new Failing(i == 1 ? y.yield(i) : i);
              seen += never;
            } catch (LinkageError e) {
              seen += e.getClass().getSimpleName() + " ";
            }
          }
          y.yield(1);
          return seen;
        };
    assertEquals("woven", Engine.explain(body));
    assertEquals(
        "ExceptionInInitializerError NoClassDefFoundError NoClassDefFoundError ",
        result(Engine.WOVEN, body));
  }

  @Test
  void aCheckForNullIsHarmless() {
    CoroutineBody<Object, Object, Object> body =
        y -> {
          Objects.requireNonNull(y);
          y.yield(1);
          return "end";
        };
    woven("end", body);
  }
}
