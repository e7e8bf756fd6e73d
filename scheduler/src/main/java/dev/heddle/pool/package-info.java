@NullMarked
package dev.heddle.pool;

import org.jspecify.annotations.NullMarked;
