package dev.heddle.weave;

import dev.heddle.coroutine.Yielder;
import java.util.List;

/** Forty classes that implement one interface, for one call site. */
final class CallFortyBodies {
  private CallFortyBodies() {}

  interface Step {
    Object go(Yielder<Object, Object> y, int n);
  }

  static List<Step> steps() {
    return List.of(
        new S0(), new S1(), new S2(), new S3(), new S4(), new S5(), new S6(), new S7(), new S8(),
        new S9(), new S10(), new S11(), new S12(), new S13(), new S14(), new S15(), new S16(),
        new S17(), new S18(), new S19(), new S20(), new S21(), new S22(), new S23(), new S24(),
        new S25(), new S26(), new S27(), new S28(), new S29(), new S30(), new S31(), new S32(),
        new S33(), new S34(), new S35(), new S36(), new S37(), new S38(), new S39());
  }

  private record S0() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(0) + n;
    }
  }

  private record S1() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s1 " + n;
    }
  }

  private record S2() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s2 " + n;
    }
  }

  private record S3() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s3 " + n;
    }
  }

  private record S4() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(4) + n;
    }
  }

  private record S5() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s5 " + n;
    }
  }

  private record S6() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s6 " + n;
    }
  }

  private record S7() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s7 " + n;
    }
  }

  private record S8() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(8) + n;
    }
  }

  private record S9() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s9 " + n;
    }
  }

  private record S10() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s10 " + n;
    }
  }

  private record S11() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s11 " + n;
    }
  }

  private record S12() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(12) + n;
    }
  }

  private record S13() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s13 " + n;
    }
  }

  private record S14() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s14 " + n;
    }
  }

  private record S15() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s15 " + n;
    }
  }

  private record S16() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(16) + n;
    }
  }

  private record S17() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s17 " + n;
    }
  }

  private record S18() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s18 " + n;
    }
  }

  private record S19() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s19 " + n;
    }
  }

  private record S20() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(20) + n;
    }
  }

  private record S21() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s21 " + n;
    }
  }

  private record S22() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s22 " + n;
    }
  }

  private record S23() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s23 " + n;
    }
  }

  private record S24() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(24) + n;
    }
  }

  private record S25() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s25 " + n;
    }
  }

  private record S26() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s26 " + n;
    }
  }

  private record S27() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s27 " + n;
    }
  }

  private record S28() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(28) + n;
    }
  }

  private record S29() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s29 " + n;
    }
  }

  private record S30() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s30 " + n;
    }
  }

  private record S31() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s31 " + n;
    }
  }

  private record S32() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(32) + n;
    }
  }

  private record S33() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s33 " + n;
    }
  }

  private record S34() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s34 " + n;
    }
  }

  private record S35() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s35 " + n;
    }
  }

  private record S36() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return (int) y.yield(36) + n;
    }
  }

  private record S37() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s37 " + n;
    }
  }

  private record S38() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s38 " + n;
    }
  }

  private record S39() implements Step {
    @Override
    public Object go(Yielder<Object, Object> y, int n) {
      return "s39 " + n;
    }
  }
}
