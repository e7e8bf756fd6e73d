package dev.heddle.coroutine;

/** Of the bodies of src/test/oracle/bodies.py. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepThrowExcept {
  private PepThrowExcept() {}

  static CoroutineBody<Object, Object, Object> catches_a(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yield(1);
        run.log("got", x_);
      } catch (PepRun.A e_) {
        run.log("caught", e_);
        y.yield(2);
      }
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> catches_and_returns(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (PepRun.A e_) {
        return e_;
      }
      return "normal";
    };
  }

  static CoroutineBody<Object, Object, Object> catches_by_class(PepRun run) {
    return y -> {
      Object x_ = null;
      while (true) {
        try {
          x_ = y.yield("try");
          run.log("got", x_);
        } catch (PepRun.B e_) {
          run.log("b", e_);
        } catch (PepRun.A e_) {
          run.log("a", e_);
        }
      }
    };
  }

  static CoroutineBody<Object, Object, Object> catches_exception(PepRun run) {
    return y -> {
      while (true) {
        try {
          y.yield(1);
        } catch (Exception e_) {
          run.log("exception", e_);
          y.yield(2);
        }
      }
    };
  }

  static CoroutineBody<Object, Object, Object> catches_everything(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (Throwable e_) {
        run.log("everything", e_);
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> catches_twice(PepRun run) {
    return y -> {
      try {
        try {
          y.yield(1);
        } catch (PepRun.A e_) {
          run.log("inner", e_);
          y.yield(2);
          throw new PepRun.B("from inner");
        }
      } catch (PepRun.B f_) {
        run.log("outer", f_);
        y.yield(3);
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> rethrows(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (PepRun.A e_) {
        run.log("again", e_);
        throw e_;
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> replaces(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (PepRun.A e_) {
        run.log("replace", e_);
        throw new PepRun.B("replacement");
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> throw_in_handler(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        throw new PepRun.A("own");
      } catch (PepRun.A e_) {
        x_ = y.yield(e_);
        run.log("handler got", x_);
      }
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> not_this_one(PepRun run) {
    return y -> {
      try {
        y.yield(1);
      } catch (PepRun.B e_) {
        run.log("b", e_);
      }
      y.yield(2);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> retries(PepRun run) {
    return y -> {
      Object x_ = null;
      for (int i_ = 0; i_ < 3; i_++) {
        try {
          x_ = y.yield(i_);
          return x_;
        } catch (PepRun.A e_) {
          run.log("retry", e_);
        }
      }
      return "gave up";
    };
  }
}
