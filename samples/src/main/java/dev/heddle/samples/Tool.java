package dev.heddle.samples;

/** A command that is no sample: it looks at another program. The list of samples leaves it out. */
interface Tool {}
