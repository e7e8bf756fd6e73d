/**
 * What loops log. The room knows nothing of tasks; the module does not export it but to {@code
 * dev.heddle.netio}.
 */
@NullMarked
package dev.heddle.log;

import org.jspecify.annotations.NullMarked;
