package dev.heddle.coroutine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The bodies of src/test/oracle/bodies.py as Java. Written by oracle.py; change them there. */
@SuppressWarnings({"finally", "all"})
final class PepBodies {
  private PepBodies() {}

  static Map<String, Function<PepRun, CoroutineBody<Object, Object, Object>>> all() {
    var bodies =
        new LinkedHashMap<String, Function<PepRun, CoroutineBody<Object, Object, Object>>>();
    bodies.put("empty", PepBodies::empty);
    bodies.put("one", PepBodies::one);
    bodies.put("three", PepBodies::three);
    bodies.put("returns_at_once", PepBodies::returns_at_once);
    bodies.put("returns_after_yield", PepBodies::returns_after_yield);
    bodies.put("returns_none_value", PepBodies::returns_none_value);
    bodies.put("yields_none", PepBodies::yields_none);
    bodies.put("echo", PepBodies::echo);
    bodies.put("echo_logged", PepBodies::echo_logged);
    bodies.put("averager", PepBodies::averager);
    bodies.put("until_none", PepBodies::until_none);
    bodies.put("two_in_one_call", PepBodies::two_in_one_call);
    bodies.put("yield_in_yield", PepBodies::yield_in_yield);
    bodies.put("yield_as_condition", PepBodies::yield_as_condition);
    bodies.put("counter_loop", PepBodies::counter_loop);
    bodies.put("nested_loops", PepBodies::nested_loops);
    bodies.put("raises_at_once", PepBodies::raises_at_once);
    bodies.put("raises_after_yield", PepBodies::raises_after_yield);
    bodies.put("raises_base", PepBodies::raises_base);
    bodies.put("catches_a", PepBodies::catches_a);
    bodies.put("catches_and_returns", PepBodies::catches_and_returns);
    bodies.put("catches_by_class", PepBodies::catches_by_class);
    bodies.put("catches_exception", PepBodies::catches_exception);
    bodies.put("catches_everything", PepBodies::catches_everything);
    bodies.put("catches_twice", PepBodies::catches_twice);
    bodies.put("rethrows", PepBodies::rethrows);
    bodies.put("replaces", PepBodies::replaces);
    bodies.put("throw_in_handler", PepBodies::throw_in_handler);
    bodies.put("not_this_one", PepBodies::not_this_one);
    bodies.put("retries", PepBodies::retries);
    bodies.put("cleans_up", PepBodies::cleans_up);
    bodies.put("cleans_up_nested", PepBodies::cleans_up_nested);
    bodies.put("yields_in_finally", PepBodies::yields_in_finally);
    bodies.put("yields_twice_in_finally", PepBodies::yields_twice_in_finally);
    bodies.put("finally_raises", PepBodies::finally_raises);
    bodies.put("finally_returns", PepBodies::finally_returns);
    bodies.put("return_through_finally", PepBodies::return_through_finally);
    bodies.put("return_through_yielding_finally", PepBodies::return_through_yielding_finally);
    bodies.put("return_overridden", PepBodies::return_overridden);
    bodies.put("except_and_finally", PepBodies::except_and_finally);
    bodies.put("except_returns_finally_yields", PepBodies::except_returns_finally_yields);
    bodies.put("try_in_finally", PepBodies::try_in_finally);
    bodies.put("finally_in_loop", PepBodies::finally_in_loop);
    bodies.put("break_through_finally", PepBodies::break_through_finally);
    bodies.put("continue_through_yielding_finally", PepBodies::continue_through_yielding_finally);
    bodies.put("three_deep", PepBodies::three_deep);
    bodies.put("ignores_exit", PepBodies::ignores_exit);
    bodies.put("ignores_exit_forever", PepBodies::ignores_exit_forever);
    bodies.put("returns_on_exit", PepBodies::returns_on_exit);
    bodies.put("raises_on_exit", PepBodies::raises_on_exit);
    bodies.put("rethrows_exit", PepBodies::rethrows_exit);
    bodies.put("exit_is_no_exception", PepBodies::exit_is_no_exception);
    bodies.put("uses_resource", PepBodies::uses_resource);
    bodies.put("uses_two_resources", PepBodies::uses_two_resources);
    bodies.put("resource_in_loop", PepBodies::resource_in_loop);
    bodies.put("resource_and_except", PepBodies::resource_and_except);
    bodies.put("from_three", PepBodies::from_three);
    bodies.put("from_empty", PepBodies::from_empty);
    bodies.put("from_result", PepBodies::from_result);
    bodies.put("from_immediate", PepBodies::from_immediate);
    bodies.put("from_averager", PepBodies::from_averager);
    bodies.put("from_two", PepBodies::from_two);
    bodies.put("from_echo_logged", PepBodies::from_echo_logged);
    bodies.put("from_catches", PepBodies::from_catches);
    bodies.put("from_catches_and_returns", PepBodies::from_catches_and_returns);
    bodies.put("from_not_caught_inside", PepBodies::from_not_caught_inside);
    bodies.put("from_raises", PepBodies::from_raises);
    bodies.put("from_raises_at_once", PepBodies::from_raises_at_once);
    bodies.put("from_finally_order", PepBodies::from_finally_order);
    bodies.put("from_yields_in_finally", PepBodies::from_yields_in_finally);
    bodies.put("from_in_finally", PepBodies::from_in_finally);
    bodies.put("from_in_except", PepBodies::from_in_except);
    bodies.put("from_ignores_exit", PepBodies::from_ignores_exit);
    bodies.put("from_ignores_exit_caught", PepBodies::from_ignores_exit_caught);
    bodies.put("from_returns_on_exit", PepBodies::from_returns_on_exit);
    bodies.put("from_raises_on_exit", PepBodies::from_raises_on_exit);
    bodies.put("from_replaces", PepBodies::from_replaces);
    bodies.put("level_three", PepBodies::level_three);
    bodies.put("level_two", PepBodies::level_two);
    bodies.put("level_one", PepBodies::level_one);
    bodies.put("level_zero", PepBodies::level_zero);
    bodies.put("deep_cleanup_two", PepBodies::deep_cleanup_two);
    bodies.put("deep_cleanup_one", PepBodies::deep_cleanup_one);
    bodies.put("from_list", PepBodies::from_list);
    bodies.put("from_list_guarded", PepBodies::from_list_guarded);
    bodies.put("from_range", PepBodies::from_range);
    bodies.put("from_empty_list", PepBodies::from_empty_list);
    bodies.put("from_in_loop", PepBodies::from_in_loop);
    bodies.put("from_in_call", PepBodies::from_in_call);
    bodies.put("from_with_resource", PepBodies::from_with_resource);
    bodies.put("drives_another", PepBodies::drives_another);
    bodies.put("from_begun", PepBodies::from_begun);
    bodies.put("from_same_twice", PepBodies::from_same_twice);
    bodies.put("from_closed", PepBodies::from_closed);
    bodies.put("closes_another", PepBodies::closes_another);
    bodies.put("interleaves", PepBodies::interleaves);
    return bodies;
  }

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

  static CoroutineBody<Object, Object, Object> from_three(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepBodies::three));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_empty(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepBodies::empty));
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_result(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepBodies::returns_after_yield));
      run.log("result", x_);
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> from_immediate(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepBodies::returns_at_once));
      y.yield(x_);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_averager(PepRun run) {
    return y -> {
      Object x_ = null;
      y.yield("before");
      x_ = y.yieldFrom(run.inner(PepBodies::averager));
      run.log("result", x_);
      y.yield(x_);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_two(PepRun run) {
    return y -> {
      Object x_ = null;
      Object y_ = null;
      x_ = y.yieldFrom(run.inner(PepBodies::returns_after_yield));
      y_ = y.yieldFrom(run.inner(PepBodies::averager));
      return run.add(x_, y_);
    };
  }

  static CoroutineBody<Object, Object, Object> from_echo_logged(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepBodies::echo_logged));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_catches(PepRun run) {
    return y -> {
      y.yieldFrom(run.inner(PepBodies::catches_by_class));
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_catches_and_returns(PepRun run) {
    return y -> {
      Object x_ = null;
      x_ = y.yieldFrom(run.inner(PepBodies::catches_and_returns));
      run.log("inner returned", x_);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_not_caught_inside(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::three));
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
        y.yieldFrom(run.inner(PepBodies::raises_after_yield));
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
        y.yieldFrom(run.inner(PepBodies::raises_at_once));
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
        y.yieldFrom(run.inner(PepBodies::cleans_up));
      } finally {
        run.log("outer cleanup");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_yields_in_finally(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::yields_in_finally));
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
        y.yieldFrom(run.inner(PepBodies::three));
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
        x_ = y.yieldFrom(run.inner(PepBodies::returns_after_yield));
        run.log("recovered", x_, e_);
      }
      y.yield(3);
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_ignores_exit(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::ignores_exit));
      } finally {
        run.log("outer");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_ignores_exit_caught(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::ignores_exit));
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
        x_ = y.yieldFrom(run.inner(PepBodies::returns_on_exit));
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
        y.yieldFrom(run.inner(PepBodies::raises_on_exit));
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
        y.yieldFrom(run.inner(PepBodies::replaces));
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
      x_ = y.yieldFrom(run.inner(PepBodies::averager));
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> level_two(PepRun run) {
    return y -> {
      Object x_ = null;
      try {
        x_ = y.yieldFrom(run.inner(PepBodies::level_three));
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
        x_ = y.yieldFrom(run.inner(PepBodies::level_two));
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
      x_ = y.yieldFrom(run.inner(PepBodies::level_one));
      return x_;
    };
  }

  static CoroutineBody<Object, Object, Object> deep_cleanup_two(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::except_and_finally));
      } finally {
        y.yield("two");
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> deep_cleanup_one(PepRun run) {
    return y -> {
      try {
        y.yieldFrom(run.inner(PepBodies::deep_cleanup_two));
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
        y.yieldFrom(run.inner(PepBodies::one));
        run.log("round", i_);
      }
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_in_call(PepRun run) {
    return y -> {
      run.log(
          "both",
          y.yieldFrom(run.inner(PepBodies::returns_after_yield)),
          y.yieldFrom(run.inner(PepBodies::returns_after_yield)));
      return run.add(y.yieldFrom(run.inner(PepBodies::returns_after_yield)), y.yield(5));
    };
  }

  static CoroutineBody<Object, Object, Object> from_with_resource(PepRun run) {
    return y -> {
      Object x_ = null;
      try (var outer_resource = run.opened("outer")) {
        x_ = y.yieldFrom(run.inner(PepBodies::uses_two_resources));
        run.log("result", x_);
      }
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> drives_another(PepRun run) {
    return y -> {
      Object x_ = null;
      Object y_ = null;
      var g = run.inner(PepBodies::three);
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
      var g = run.inner(PepBodies::three);
      run.log("first", run.step(g));
      y.yieldFrom(g);
      y.yield("after");
      return null;
    };
  }

  static CoroutineBody<Object, Object, Object> from_same_twice(PepRun run) {
    return y -> {
      var g = run.inner(PepBodies::three);
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
      var g = run.inner(PepBodies::three);
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
      var g = run.inner(PepBodies::cleans_up);
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
      var g = run.inner(PepBodies::three);
      var h = run.inner(PepBodies::echo);
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
