package dev.heddle.coroutine;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepClose {
  private PepClose() {}

  static CoroutineBody<Object, Object, Object> ignores_exit(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (GeneratorExit e_) {
        run.log("ignored", e_);
        y.yield(2);
      }
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> ignores_exit_forever(PepRun run) {
    return y -> {
      while (true) {
        try {
          y.yield(1);
        } catch (GeneratorExit e_) {
          run.log("no", e_);
        }
      }
    };
  }

  static CoroutineBody<Object, Object, Object> returns_on_exit(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (GeneratorExit e_) {
        run.log("leaving", e_);
        return "left";
      }
      return "normal";
    };
  }

  static CoroutineBody<Object, Object, Object> raises_on_exit(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (GeneratorExit e_) {
        run.log("leaving", e_);
        throw new PepRun.A("instead");
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> rethrows_exit(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (GeneratorExit e_) {
        run.log("leaving", e_);
        throw e_;
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> exit_is_no_exception(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (Exception e_) {
        run.log("exception", e_);
        y.yield(2);
      } finally {
        run.log("finally");
      }
      return null;
    };
  }
}
