package dev.heddle.coroutine;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepWith {
  private PepWith() {}

  static CoroutineBody<Object, Object, Object> uses_resource(PepRun run) {
    return y -> {
      try (var r_resource = run.opened("r")) {
        y.yield(1);
        y.yield(2);
      }
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> uses_two_resources(PepRun run) {
    return y -> {
      Object x_ = null;
      try (var outer_resource = run.opened("outer")) {
        y.yield(1);
        try (var inner_resource = run.opened("inner")) {
          x_ = y.yield(2);
          run.log("got", x_);
        }
        y.yield(3);
      }
      return "end";
    };
  }

  static CoroutineBody<Object, Object, Object> resource_in_loop(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 2; i_++) {
        try (var r_resource = run.opened("r")) {
          run.log("used", i_);
          y.yield(i_);
        }
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> resource_and_except(PepRun run) {
    return y -> {
      try {
        try (var r_resource = run.opened("r")) {
          y.yield(1);
          throw new PepRun.A("inside");
        }
      } catch (PepRun.A e_) {
        run.log("outside", e_);
        y.yield(2);
      }
      return null;
    };
  }
}
