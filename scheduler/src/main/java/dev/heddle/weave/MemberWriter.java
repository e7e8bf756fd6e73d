package dev.heddle.weave;

import dev.heddle.weave.classfile.Refusal;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction.LoadConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.LambdaMetafactory;
import java.util.ArrayList;
import java.util.List;

/** Writes the body's uses of fields and methods, unchanged or through {@link Linkage}. */
final class MemberWriter {
  private static final ClassDesc OBJECTS = ConstantDescs.CD_Object.arrayType();
  private static final DirectMethodHandleDesc MEMBER =
      callSite(
          "member",
          ConstantDescs.CD_String,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_String);
  private static final DirectMethodHandleDesc HANDLE =
      ConstantDescs.ofConstantBootstrap(
          Linkage.TYPE,
          "handle",
          ConstantDescs.CD_MethodHandle,
          ConstantDescs.CD_String,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_MethodType);
  private static final DirectMethodHandleDesc AT_HOME =
      callSite("atHome", ConstantDescs.CD_Class, ConstantDescs.CD_MethodHandle, OBJECTS);
  private static final DirectMethodHandleDesc CONSTANT =
      ConstantDescs.ofConstantBootstrap(
          Linkage.TYPE,
          "constant",
          ConstantDescs.CD_Object,
          ConstantDescs.CD_Class,
          ConstantDescs.CD_MethodHandle,
          OBJECTS);
  private static final DirectMethodHandleDesc INITIALIZE =
      callSite("initialize", ConstantDescs.CD_Class);

  private final CodeBuilder code;
  private final ClassDesc home;
  private final AccessCheck access;
  private final NullWords nullWords;

  /** {@code nullWords} are of the method whose instructions are written. */
  MemberWriter(CodeBuilder code, ClassDesc home, AccessCheck access, NullWords nullWords) {
    this.code = code;
    this.home = home;
    this.access = access;
    this.nullWords = nullWords;
  }

  /** A method of {@link Linkage} that links an {@code invokedynamic} with these arguments. */
  static DirectMethodHandleDesc callSite(String name, ClassDesc... arguments) {
    return ConstantDescs.ofCallsiteBootstrap(
        Linkage.TYPE, name, ConstantDescs.CD_CallSite, arguments);
  }

  /** Whether a use of a member is left to {@link Linkage}. */
  boolean isLinked(Instruction instruction) {
    return switch (instruction) {
      case FieldInstruction field -> isBeyond(field, access);
      case InvokeInstruction call -> isBeyond(call, access);
      default -> false;
    };
  }

  void write(int index, Instruction instruction) {
    switch (instruction) {
      case FieldInstruction field when isBeyond(field, access) -> field(index, field);
      case InvokeInstruction call when isBeyond(call, access) -> call(index, call);
      case InvokeDynamicInstruction call -> dynamic(call);
      case LoadConstantInstruction load when isBeyond(load.constantValue()) ->
          code.loadConstant(atHome(load.constantValue()));
      default -> code.with(instruction);
    }
  }

  /** Whether a machine must leave a use of a field to {@link Linkage}. */
  static boolean isBeyond(FieldInstruction field, AccessCheck access) {
    MethodTypeDesc type = accessor(field.opcode(), field.typeSymbol());
    return access.isBeyond(
        kind(field.opcode()), field.owner().asSymbol(), field.name().stringValue(), type);
  }

  /** Whether a machine must leave a call to {@link Linkage}. */
  static boolean isBeyond(InvokeInstruction call, AccessCheck access) {
    boolean creates = call.name().equalsString(ConstantDescs.INIT_NAME);
    return access.isBeyond(
        creates ? Linkage.Kind.CREATE : kind(call.opcode()),
        call.owner().asSymbol(),
        call.name().stringValue(),
        call.typeSymbol());
  }

  private static Linkage.Kind kind(Opcode opcode) {
    return switch (opcode) {
      case GETFIELD -> Linkage.Kind.GET_FIELD;
      case PUTFIELD -> Linkage.Kind.PUT_FIELD;
      case GETSTATIC -> Linkage.Kind.GET_STATIC;
      case PUTSTATIC -> Linkage.Kind.PUT_STATIC;
      case INVOKESTATIC -> Linkage.Kind.INVOKE_STATIC;
      case INVOKESPECIAL -> Linkage.Kind.INVOKE_SPECIAL;
      default -> Linkage.Kind.INVOKE_VIRTUAL;
    };
  }

  /** The type of what a field instruction does, without the object. */
  private static MethodTypeDesc accessor(Opcode opcode, ClassDesc type) {
    boolean get = opcode == Opcode.GETFIELD || opcode == Opcode.GETSTATIC;
    return get ? MethodTypeDesc.of(type) : MethodTypeDesc.of(ConstantDescs.CD_void, type);
  }

  private void field(int index, FieldInstruction field) {
    ClassDesc owner = field.owner().asSymbol();
    boolean ofObject = field.opcode() == Opcode.GETFIELD || field.opcode() == Opcode.PUTFIELD;
    MethodTypeDesc type = accessor(field.opcode(), field.typeSymbol());
    member(
        kind(field.opcode()),
        owner,
        field.name().stringValue(),
        ofObject ? type.insertParameterTypes(0, owner) : type,
        ofObject ? nullWords.of(index) : "");
  }

  private void call(int index, InvokeInstruction call) {
    ClassDesc owner = call.owner().asSymbol();
    MethodTypeDesc type = call.typeSymbol();
    Linkage.Kind kind = kind(call.opcode());
    member(
        kind,
        owner,
        call.name().stringValue(),
        switch (kind) {
          case INVOKE_STATIC -> type;
          case INVOKE_SPECIAL -> type.insertParameterTypes(0, home);
          default -> type.insertParameterTypes(0, owner);
        },
        kind == Linkage.Kind.INVOKE_VIRTUAL ? nullWords.of(index) : "");
  }

  /** {@code forNull} says that the receiver is null; empty if there is none that may be null. */
  private void member(
      Linkage.Kind kind, ClassDesc owner, String name, MethodTypeDesc type, String forNull) {
    if (!access.canName(type)) {
      throw new Refusal("uses " + name + ", whose type a class of its package may not name");
    }
    code.invokedynamic(
        DynamicCallSiteDesc.of(MEMBER, name, type, kind.name(), home, owner, forNull));
  }

  /** Replaces {@code new} and {@code dup}: initialises the class, as {@code new} would. */
  void initialize(ClassDesc created) {
    MethodTypeDesc type = MethodTypeDesc.of(ConstantDescs.CD_void);
    code.invokedynamic(DynamicCallSiteDesc.of(INITIALIZE, "initialize", type, created));
  }

  /** Replaces the constructor call: creates the object and pushes it. */
  void create(InvokeInstruction constructor) {
    ClassDesc created = constructor.owner().asSymbol();
    MethodTypeDesc type = constructor.typeSymbol().changeReturnType(created);
    member(Linkage.Kind.CREATE, created, "create", type, "");
  }

  private void dynamic(InvokeDynamicInstruction call) {
    boolean beyond =
        isBeyondBootstrap(call.bootstrapMethod())
            || makesSerializableLambda(call)
            || call.bootstrapArgs().stream().anyMatch(this::isBeyond);
    if (!beyond) {
      code.with(call);
      return;
    }
    code.invokedynamic(
        DynamicCallSiteDesc.of(
            AT_HOME,
            call.name().stringValue(),
            call.typeSymbol(),
            withBootstrap(call.bootstrapMethod(), call.bootstrapArgs())));
  }

  /** The arguments of {@link Linkage#atHome} and {@link Linkage#constant}. */
  private ConstantDesc[] withBootstrap(
      DirectMethodHandleDesc bootstrap, List<ConstantDesc> arguments) {
    List<ConstantDesc> all = new ArrayList<>(List.of(home, atHome(bootstrap)));
    arguments.forEach(argument -> all.add(atHome(argument)));
    return all.toArray(ConstantDesc[]::new);
  }

  /**
   * Whether a bootstrap method must be given the body's class as its caller. The JDK's own make the
   * same thing for the machine.
   */
  private boolean isBeyondBootstrap(DirectMethodHandleDesc bootstrap) {
    String owner = bootstrap.owner().packageName();
    return !(owner.equals("java.lang.invoke") || owner.equals("java.lang.runtime"))
        || isBeyond(bootstrap);
  }

  /** The class that makes such a lambda must have the method that makes it anew. */
  private static boolean makesSerializableLambda(InvokeDynamicInstruction call) {
    List<ConstantDesc> arguments = call.bootstrapArgs();
    return call.bootstrapMethod().methodName().equals("altMetafactory")
        && arguments.size() > 3
        && arguments.get(3) instanceof Integer flags
        && (flags & LambdaMetafactory.FLAG_SERIALIZABLE) != 0;
  }

  private boolean isBeyond(ConstantDesc constant) {
    return switch (constant) {
      case DirectMethodHandleDesc handle ->
          access.isBeyond(kind(handle), handle.owner(), handle.methodName(), type(handle));
      case DynamicConstantDesc<?> dynamic ->
          isBeyondBootstrap(dynamic.bootstrapMethod())
              || dynamic.bootstrapArgsList().stream().anyMatch(this::isBeyond);
      default -> false;
    };
  }

  /** The constant as the body's class would have it. */
  private ConstantDesc atHome(ConstantDesc constant) {
    if (!isBeyond(constant)) {
      return constant;
    }
    return constant instanceof DynamicConstantDesc<?> dynamic
        ? DynamicConstantDesc.ofNamed(
            CONSTANT,
            dynamic.constantName(),
            dynamic.constantType(),
            withBootstrap(dynamic.bootstrapMethod(), dynamic.bootstrapArgsList()))
        : handle((DirectMethodHandleDesc) constant);
  }

  private static Linkage.Kind kind(DirectMethodHandleDesc handle) {
    return switch (handle.kind()) {
      case STATIC, INTERFACE_STATIC -> Linkage.Kind.INVOKE_STATIC;
      case VIRTUAL, INTERFACE_VIRTUAL -> Linkage.Kind.INVOKE_VIRTUAL;
      case SPECIAL, INTERFACE_SPECIAL -> Linkage.Kind.INVOKE_SPECIAL;
      case CONSTRUCTOR -> Linkage.Kind.CREATE;
      case GETTER -> Linkage.Kind.GET_FIELD;
      case SETTER -> Linkage.Kind.PUT_FIELD;
      case STATIC_GETTER -> Linkage.Kind.GET_STATIC;
      case STATIC_SETTER -> Linkage.Kind.PUT_STATIC;
    };
  }

  /** The type of a method handle without the receiver. */
  private static MethodTypeDesc type(DirectMethodHandleDesc handle) {
    MethodTypeDesc type = handle.invocationType();
    return switch (kind(handle)) {
      case INVOKE_STATIC, GET_STATIC, PUT_STATIC -> type;
      case CREATE -> type.changeReturnType(ConstantDescs.CD_void);
      default -> type.dropParameterTypes(0, 1);
    };
  }

  private ConstantDesc handle(DirectMethodHandleDesc handle) {
    Linkage.Kind kind = kind(handle);
    return DynamicConstantDesc.ofNamed(
        HANDLE,
        kind == Linkage.Kind.CREATE ? "create" : handle.methodName(),
        ConstantDescs.CD_MethodHandle,
        kind.name(),
        home,
        handle.owner(),
        handle.invocationType());
  }
}
