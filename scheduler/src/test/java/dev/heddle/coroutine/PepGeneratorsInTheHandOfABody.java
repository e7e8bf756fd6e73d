package dev.heddle.coroutine;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepGeneratorsInTheHandOfABody {
  private PepGeneratorsInTheHandOfABody() {}

  static CoroutineBody<Object, Object, Object> drives_another(PepRun run) {
    return y -> {
      Object x_ = null;
      Object y_ = null;
      var g = run.inner(PepYieldSendReturn::three);
      while (true) {
        x_ = run.step(g);
        run.log("stepped", x_);
        y_ = y.yield(x_);
        run.log("got", y_);
      }
    };
  }

  static CoroutineBody<Object, Object, Object> from_begun(PepRun run) {
    return y -> {
      var g = run.inner(PepYieldSendReturn::three);
      run.log("first", run.step(g));
      y.yieldFrom(g);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_same_twice(PepRun run) {
    return y -> {
      var g = run.inner(PepYieldSendReturn::three);
      y.yieldFrom(g);
      y.yield("between");
      y.yieldFrom(g);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_closed(PepRun run) {
    return y -> {
      Object x_ = null;
      var g = run.inner(PepYieldSendReturn::three);
      run.log("first", run.step(g));
      g.close();
      x_ = y.yieldFrom(g);
      run.log("result", x_);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> closes_another(PepRun run) {
    return y -> {
      var g = run.inner(PepFinally::cleans_up);
      try {
        run.log("first", run.step(g));
        y.yield("open");
      } finally {
        g.close();
        run.log("closed");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> interleaves(PepRun run) {
    return y -> {
      var g = run.inner(PepYieldSendReturn::three);
      var h = run.inner(PepYieldSendReturn::echo);
      for (int i_ = 0; i_ < 3; i_++) {
        run.log("g", run.step(g));
        y.yield(run.step(h));
        run.log("h", i_);
      }
      y.yieldFrom(g);
      y.yieldFrom(h);
      return null;
    };
  }
}
