package dev.heddle.samples;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which recipe a sample follows; {@code list} shows it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Recipe {
  /** Its number: {@code R1} to {@code R24}. */
  String value();
}
