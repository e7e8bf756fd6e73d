package dev.heddle.coroutine;

import java.util.Objects;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepFinally {
  private PepFinally() {}

  static CoroutineBody<Object, Object, Object> cleans_up(PepRun run) {
    return y -> {
      try {
        y.yield(1);
        y.yield(2);
      } finally {
        run.log("cleanup");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> cleans_up_nested(PepRun run) {
    return y -> {
      try {
        try {
          y.yield(1);
        } finally {
          run.log("inner");
        }
        y.yield(2);
      } finally {
        run.log("outer");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> yields_in_finally(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } finally {
        run.log("finally");
        y.yield(2);
        run.log("after");
      }
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> yields_twice_in_finally(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        y.yield(1);
      } finally {
        x_ = y.yield(2);
        run.log("got", x_);
        x_ = y.yield(3);
        run.log("got", x_);
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> finally_raises(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } finally {
        throw new PepRun.B("finally");
      }
    };
  }

  static CoroutineBody<Object, Object, Object> finally_returns(PepRun run) {
    return y -> {
      try {
        y.yield(1);
        throw new PepRun.A("lost");
      } finally {
        return "finally";
      }
    };
  }

  static CoroutineBody<Object, Object, Object> return_through_finally(PepRun run) {
    return y -> {
      try {
        y.yield(1);
        return "value";
      } finally {
        run.log("on the way");
      }
    };
  }

  static CoroutineBody<Object, Object, Object> return_through_yielding_finally(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yield(1);
        return x_;
      } finally {
        run.log("pause");
        y.yield(2);
      }
    };
  }

  static CoroutineBody<Object, Object, Object> return_overridden(PepRun run) {
    return y -> {
      try {
        y.yield(1);
        return "first";
      } finally {
        if (run.less(0, 1)) {
          return "second";
        }
      }
    };
  }

  static CoroutineBody<Object, Object, Object> except_and_finally(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yield(1);
        run.log("got", x_);
      } catch (PepRun.A e_) {
        run.log("except", e_);
        y.yield(2);
      } finally {
        run.log("finally");
        y.yield(3);
      }
      y.yield(4);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> except_returns_finally_yields(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (PepRun.A e_) {
        return e_;
      } finally {
        y.yield("on leaving");
      }
      return "end";
    };
  }

  static CoroutineBody<Object, Object, Object> try_in_finally(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } finally {
        try {
          y.yield(2);
        } catch (PepRun.A e_) {
          run.log("finally caught", e_);
        }
        run.log("end of finally");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> finally_in_loop(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 3; i_++) {
        try {
          y.yield(i_);
          if (Objects.equals(i_, 1)) {
            continue;
          }
          run.log("body", i_);
        } finally {
          run.log("finally", i_);
        }
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> break_through_finally(PepRun run) {
    return y -> {
      Object x_ = null;
      while (true) {
        try {
          x_ = y.yield(1);
          if (x_ == null) {
            break;
          }
          run.log("got", x_);
        } finally {
          run.log("finally");
        }
      }
      y.yield("out");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> continue_through_yielding_finally(PepRun run) {
    return y -> {
      for (int i_ = 0; i_ < 3; i_++) {
        try {
          if (Objects.equals(i_, 1)) {
            continue;
          }
          y.yield(i_);
        } finally {
          y.yield(run.add(10, i_));
        }
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> three_deep(PepRun run) {
    return y -> {
      try {
        try {
          try {
            y.yield(1);
          } finally {
            run.log("1");
            y.yield(2);
          }
        } catch (PepRun.A e_) {
          run.log("2", e_);
          y.yield(3);
        }
      } finally {
        run.log("3");
      }
      return "end";
    };
  }
}
