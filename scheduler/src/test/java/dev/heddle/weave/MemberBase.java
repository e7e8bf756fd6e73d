package dev.heddle.weave;

/** A superclass of a class with bodies. */
class MemberBase {
  protected int level = 1;

  String greet() {
    return "base";
  }

  protected String describe() {
    return "level " + level;
  }
}
