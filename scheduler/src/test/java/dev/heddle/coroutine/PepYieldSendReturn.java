package dev.heddle.coroutine;

import java.util.Objects;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepYieldSendReturn {
  private PepYieldSendReturn() {}

  static CoroutineBody<Object, Object, Object> empty(PepRun run) {
    return y -> {
      if (run.less(1, 0)) {
        y.yield(0);
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> one(PepRun run) {
    return y -> {
      y.yield(1);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> three(PepRun run) {
    return y -> {
      y.yield(1);
      y.yield(2);
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> returns_at_once(PepRun run) {
    return y -> {
      if (run.less(1, 0)) {
        y.yield(0);
      }
      return 7;
    };
  }

  static CoroutineBody<Object, Object, Object> returns_after_yield(PepRun run) {
    return y -> {
      y.yield(1);
      return 2;
    };
  }

  static CoroutineBody<Object, Object, Object> returns_none_value(PepRun run) {
    return y -> {
      y.yield(1);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> yields_none(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yield(null);
      run.log("got", x_);
      y.yield(null);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> echo(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = null;
      while (true) {
        x_ = y.yield(x_);
      }
    };
  }

  static CoroutineBody<Object, Object, Object> echo_logged(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yield("start");
      while (true) {
        run.log("got", x_);
        x_ = y.yield(x_);
      }
    };
  }

  static CoroutineBody<Object, Object, Object> averager(PepRun run) {
    return y -> {
      Object total_ = null;
      Object x_ = null;
      total_ = 0;
      for (int i_ = 0; i_ < 4; i_++) {
        x_ = y.yield(total_);
        if (x_ == null) {
          run.log("skip", i_);
        } else {
          total_ = run.add(total_, x_);
        }
      }
      return total_;
    };
  }

  static CoroutineBody<Object, Object, Object> until_none(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yield("first");
      while (x_ != null) {
        x_ = y.yield(x_);
      }
      return "done";
    };
  }

  static CoroutineBody<Object, Object, Object> two_in_one_call(PepRun run) {
    return y -> {
      run.log("both", y.yield(1), y.yield(2));
      return run.add(y.yield(3), y.yield(4));
    };
  }

  static CoroutineBody<Object, Object, Object> yield_in_yield(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yield(y.yield(1));
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> yield_as_condition(PepRun run) {
    return y -> {
      if (y.yield(1) == null) {
        run.log("none");
        y.yield(2);
      } else {
        run.log("some");
        y.yield(3);
      }
      y.yield(4);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> counter_loop(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 5; i_++) {
        if (Objects.equals(i_, 1)) {
          continue;
        }
        if (Objects.equals(i_, 4)) {
          break;
        }
        run.log("i", i_);
        y.yield(i_);
      }
      run.log("left");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> nested_loops(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 3; i_++) {
        for (int j_ = 0; j_ < 3; j_++) {
          if (Objects.equals(j_, i_)) {
            continue;
          }
          y.yield(run.add(run.add(i_, i_), j_));
        }
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> raises_at_once(PepRun run) {
    return y -> {
      if (run.less(0, 1)) {
        throw new PepRun.A("start");
      }
      y.yield(1);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> raises_after_yield(PepRun run) {
    return y -> {
      y.yield(1);
      throw new PepRun.A("after");
    };
  }

  static CoroutineBody<Object, Object, Object> raises_base(PepRun run) {
    return y -> {
      y.yield(1);
      throw new PepRun.C("base");
    };
  }
}
