package dev.heddle.weave;

/** All that is known of a body when its machine is written. */
record Woven(Dialect dialect, Origin origin, Simulation simulation, Plan plan, Reach reach) {}
