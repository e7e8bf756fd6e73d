package dev.heddle.weave;

/** All that is known of a body when its machine is written. */
record WeaveUnit(
    Dialect dialect,
    BodySource source,
    FrameAnalysis analysis,
    SpillPlan plan,
    AccessCheck access) {}
