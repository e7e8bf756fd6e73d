package dev.heddle.coroutine;

import java.util.List;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepYieldFromAndClose {
  private PepYieldFromAndClose() {}

  static CoroutineBody<Object, Object, Object> from_ignores_exit(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepClose::ignores_exit));
      } finally {
        run.log("outer");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_ignores_exit_caught(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepClose::ignores_exit));
      } catch (Exception e_) {
        run.log("outer caught", e_);
        y.yield("still here");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_returns_on_exit(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yieldFrom(run.inner(PepClose::returns_on_exit));
        run.log("never on close", x_);
      } catch (GeneratorExit e_) {
        run.log("outer", e_);
        return "outer left";
      }
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_raises_on_exit(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepClose::raises_on_exit));
      } catch (PepRun.A e_) {
        run.log("outer", e_);
        return "saved";
      }
      return "end";
    };
  }

  static CoroutineBody<Object, Object, Object> from_replaces(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepThrowExcept::replaces));
      } catch (PepRun.B e_) {
        run.log("replaced", e_);
        y.yield("outer");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> level_three(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepYieldSendReturn::averager));
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> level_two(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yieldFrom(run.inner(PepYieldFromAndClose::level_three));
        run.log("two", x_);
        return x_;
      } finally {
        run.log("leave two");
      }
    };
  }

  static CoroutineBody<Object, Object, Object> level_one(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yieldFrom(run.inner(PepYieldFromAndClose::level_two));
        run.log("one", x_);
        y.yield(x_);
      } catch (PepRun.A e_) {
        run.log("one caught", e_);
        y.yield("one");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> level_zero(PepRun run) {
    return y -> {
      Object x_ = null;
      y.yield("zero");
      x_ = y.yieldFrom(run.inner(PepYieldFromAndClose::level_one));
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> deep_cleanup_two(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepFinally::except_and_finally));
      } finally {
        y.yield("two");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> deep_cleanup_one(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepYieldFromAndClose::deep_cleanup_two));
      } finally {
        run.log("one");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_list(PepRun run) {
    return y -> {
      y.yieldFrom(List.<Object>of(1, 2, 3));
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_list_guarded(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(List.<Object>of(1, 2, 3));
      } catch (PepRun.A e_) {
        run.log("thrown here", e_);
        y.yield("handler");
      } catch (UnsupportedOperationException e_) {
        run.log("an iterator takes no values");
        y.yield("refused");
      } finally {
        run.log("finally");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_range(PepRun run) {
    return y -> {
      y.yieldFrom(List.<Object>of(0, 1, 2).iterator());
      return "end";
    };
  }

  static CoroutineBody<Object, Object, Object> from_empty_list(PepRun run) {
    return y -> {
      y.yieldFrom(List.<Object>of());
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_in_loop(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 3; i_++) {
        y.yieldFrom(run.inner(PepYieldSendReturn::one));
        run.log("round", i_);
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_in_call(PepRun run) {
    return y -> {
      run.log(
          "both",
          y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield)),
          y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield)));
      return run.add(y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield)), y.yield(5));
    };
  }

  static CoroutineBody<Object, Object, Object> from_with_resource(PepRun run) {
    return y -> {
      Object x_ = null;
      try (var outer_resource = run.opened("outer")) {
        x_ = y.yieldFrom(run.inner(PepWith::uses_two_resources));
        run.log("result", x_);
      }
      y.yield("after");
      return null;
    };
  }
}
