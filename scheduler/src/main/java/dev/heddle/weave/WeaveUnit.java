package dev.heddle.weave;

/** What the writers need to know of a body. */
record WeaveUnit(
    Dialect dialect,
    BodySource source,
    FrameAnalysis analysis,
    SpillPlan plan,
    AccessCheck access) {}
