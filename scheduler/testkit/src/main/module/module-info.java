/** Tests of tasks on a time and a network of their own. JUnit is needed by its extension only. */
module dev.heddle.test {
  requires transitive dev.heddle.netio;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
  // Only for HeddleTest and its extension.
  requires static org.junit.jupiter.api;

  exports dev.heddle.test;

  opens dev.heddle.test to
      dev.heddle.scheduler; // which weaves the bodies of the kit
}
