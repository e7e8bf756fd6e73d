package dev.heddle.weave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandleInfo;
import java.util.ArrayList;
import java.util.List;

/** Writes the body's uses of fields and methods, unchanged or through {@link Linkage}. */
final class MemberWriter {
  private static final ClassDesc OBJECTS = ConstantDescs.CD_Object.arrayType();
  private static final DirectMethodHandleDesc MEMBER =
      callSite("member", ConstantDescs.CD_String, ConstantDescs.CD_Class, ConstantDescs.CD_Class);
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
  private static final DirectMethodHandleDesc INITIALIZE =
      callSite("initialize", ConstantDescs.CD_Class);

  private final CodeBuilder code;
  private final ClassDesc home;
  private final AccessCheck access;

  MemberWriter(CodeBuilder code, ClassDesc home, AccessCheck access) {
    this.code = code;
    this.home = home;
    this.access = access;
  }

  /** A method of {@link Linkage} that links an {@code invokedynamic} with these arguments. */
  static DirectMethodHandleDesc callSite(String name, ClassDesc... arguments) {
    return ConstantDescs.ofCallsiteBootstrap(
        Linkage.TYPE, name, ConstantDescs.CD_CallSite, arguments);
  }

  void write(Instruction instruction) {
    switch (instruction) {
      case FieldInstruction field when isBeyond(field, access) -> field(field);
      case InvokeInstruction call when isBeyond(call, access) -> call(call);
      case InvokeDynamicInstruction call -> dynamic(call);
      default -> code.with(instruction);
    }
  }

  private static boolean isBeyond(FieldInstruction field, AccessCheck access) {
    return access.isBeyond(
        field.owner().asInternalName(), field.name().stringValue(), field.type().stringValue());
  }

  /** Except for constructors, {@code invokespecial} is allowed only in the body's own class. */
  static boolean isBeyond(InvokeInstruction call, AccessCheck access) {
    boolean special =
        call.opcode() == Opcode.INVOKESPECIAL && !call.name().equalsString(ConstantDescs.INIT_NAME);
    return special
        || access.isBeyond(
            call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue());
  }

  private void field(FieldInstruction field) {
    ClassDesc owner = field.owner().asSymbol();
    String name = field.name().stringValue();
    MethodTypeDesc get = MethodTypeDesc.of(field.typeSymbol());
    MethodTypeDesc put = MethodTypeDesc.of(ConstantDescs.CD_void, field.typeSymbol());
    switch (field.opcode()) {
      case GETFIELD ->
          member(Linkage.Kind.GET_FIELD, owner, name, get.insertParameterTypes(0, owner));
      case GETSTATIC -> member(Linkage.Kind.GET_STATIC, owner, name, get);
      case PUTFIELD ->
          member(Linkage.Kind.PUT_FIELD, owner, name, put.insertParameterTypes(0, owner));
      default -> member(Linkage.Kind.PUT_STATIC, owner, name, put);
    }
  }

  private void call(InvokeInstruction call) {
    ClassDesc owner = call.owner().asSymbol();
    String name = call.name().stringValue();
    MethodTypeDesc type = call.typeSymbol();
    switch (call.opcode()) {
      case INVOKESTATIC -> member(Linkage.Kind.INVOKE_STATIC, owner, name, type);
      case INVOKESPECIAL ->
          member(Linkage.Kind.INVOKE_SPECIAL, owner, name, type.insertParameterTypes(0, home));
      default ->
          member(Linkage.Kind.INVOKE_VIRTUAL, owner, name, type.insertParameterTypes(0, owner));
    }
  }

  private void member(Linkage.Kind kind, ClassDesc owner, String name, MethodTypeDesc type) {
    code.invokedynamic(DynamicCallSiteDesc.of(MEMBER, name, type, kind.name(), home, owner));
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
    member(Linkage.Kind.CREATE, created, "create", type);
  }

  private void dynamic(InvokeDynamicInstruction call) {
    boolean beyond = call.bootstrapArgs().stream().anyMatch(this::isBeyond);
    if (!beyond) {
      code.with(call);
      return;
    }
    List<ConstantDesc> arguments = new ArrayList<>();
    arguments.add(home);
    arguments.add(call.bootstrapMethod());
    for (ConstantDesc argument : call.bootstrapArgs()) {
      arguments.add(isBeyond(argument) ? handle((DirectMethodHandleDesc) argument) : argument);
    }
    code.invokedynamic(
        DynamicCallSiteDesc.of(
            AT_HOME,
            call.name().stringValue(),
            call.typeSymbol(),
            arguments.toArray(ConstantDesc[]::new)));
  }

  private boolean isBeyond(ConstantDesc argument) {
    return argument instanceof DirectMethodHandleDesc handle
        && (handle.refKind() == MethodHandleInfo.REF_invokeSpecial
            || access.isBeyond(
                internal(handle.owner()), handle.methodName(), handle.lookupDescriptor()));
  }

  private ConstantDesc handle(DirectMethodHandleDesc handle) {
    Linkage.Kind kind =
        switch (handle.kind()) {
          case STATIC, INTERFACE_STATIC -> Linkage.Kind.INVOKE_STATIC;
          case VIRTUAL, INTERFACE_VIRTUAL -> Linkage.Kind.INVOKE_VIRTUAL;
          case SPECIAL, INTERFACE_SPECIAL -> Linkage.Kind.INVOKE_SPECIAL;
          case CONSTRUCTOR -> Linkage.Kind.CREATE;
          case GETTER -> Linkage.Kind.GET_FIELD;
          case SETTER -> Linkage.Kind.PUT_FIELD;
          case STATIC_GETTER -> Linkage.Kind.GET_STATIC;
          case STATIC_SETTER -> Linkage.Kind.PUT_STATIC;
        };
    return DynamicConstantDesc.ofNamed(
        HANDLE,
        kind == Linkage.Kind.CREATE ? "create" : handle.methodName(),
        ConstantDescs.CD_MethodHandle,
        kind.name(),
        home,
        handle.owner(),
        ((MethodHandleDesc) handle).invocationType());
  }

  private static String internal(ClassDesc type) {
    String descriptor = type.descriptorString();
    return type.isArray() ? descriptor : descriptor.substring(1, descriptor.length() - 1);
  }
}
