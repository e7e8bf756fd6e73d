/**
 * The transport that stays in the process: for tests, and for programs that shall run on one
 * machine and on several.
 */
@NullMarked
package dev.heddle.transport.local;

import org.jspecify.annotations.NullMarked;
