package dev.heddle.weave;

import java.lang.constant.ClassDesc;
import java.util.List;

/**
 * A call in a method's code that hands the suspender on; for explanations.
 *
 * @param place the file and line of the call
 * @param kind how the method is found
 * @param owner the class that the call names
 * @param name the method's name
 * @param descriptor the method's descriptor
 * @param suspenders which arguments are the suspender
 */
record SuspendingCall(
    String place,
    CallLinkage.Kind kind,
    ClassDesc owner,
    String name,
    String descriptor,
    List<Integer> suspenders) {}
