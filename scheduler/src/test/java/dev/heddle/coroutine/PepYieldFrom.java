package dev.heddle.coroutine;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepYieldFrom {
  private PepYieldFrom() {}

  static CoroutineBody<Object, Object, Object> from_three(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepYieldSendReturn::three));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_empty(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepYieldSendReturn::empty));
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_result(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield));
      run.log("result", x_);
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> from_immediate(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepYieldSendReturn::returns_at_once));
      y.yield(x_);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_averager(PepRun run) {
    return y -> {
      Object x_ = null;
      y.yield("before");
      x_ = y.yieldFrom(run.inner(PepYieldSendReturn::averager));
      run.log("result", x_);
      y.yield(x_);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_two(PepRun run) {
    return y -> {
      Object x_ = null;
      Object y_ = null;
      x_ = y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield));
      y_ = y.yieldFrom(run.inner(PepYieldSendReturn::averager));
      return run.add(x_, y_);
    };
  }

  static CoroutineBody<Object, Object, Object> from_echo_logged(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepYieldSendReturn::echo_logged));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_catches(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepThrowExcept::catches_by_class));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_catches_and_returns(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepThrowExcept::catches_and_returns));
      run.log("inner returned", x_);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_not_caught_inside(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepYieldSendReturn::three));
      } catch (PepRun.A e_) {
        run.log("outer", e_);
        y.yield("outer");
      }
      return "end";
    };
  }

  static CoroutineBody<Object, Object, Object> from_raises(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepYieldSendReturn::raises_after_yield));
      } catch (PepRun.A e_) {
        run.log("from inner", e_);
      }
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_raises_at_once(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepYieldSendReturn::raises_at_once));
      } catch (PepRun.A e_) {
        run.log("at once", e_);
        y.yield("handler");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_finally_order(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepFinally::cleans_up));
      } finally {
        run.log("outer cleanup");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_yields_in_finally(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepFinally::yields_in_finally));
      } finally {
        run.log("outer");
        y.yield("outer");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_in_finally(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } finally {
        y.yieldFrom(run.inner(PepYieldSendReturn::three));
        run.log("done");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_in_except(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        y.yield(1);
      } catch (PepRun.A e_) {
        x_ = y.yieldFrom(run.inner(PepYieldSendReturn::returns_after_yield));
        run.log("recovered", x_, e_);
      }
      y.yield(3);
      return null;
    };
  }
}
