/**
 * Reads the class file of a loaded class, and makes sure that it is the one that was loaded. {@link
 * dev.heddle.weave.classfile.ClassFiles} is the door; package {@code weave} alone uses it.
 *
 * <p>What is woven is what the file says, so a file that is not the loaded class's would let
 * another version run without a word. A file is believed only if the class can be known to come
 * from it:
 *
 * <pre>
 *   ClassOrigin     is the file where the class was loaded from, and unchanged since?
 *   ClassAgents     may an agent have changed the class while it was loaded?
 *   ClassVersion    was the class redefined later?
 *   ClassIdentity   have file and class the same members?
 *   Coverage        what JaCoCo's agent has made of the file, which is believed
 * </pre>
 *
 * <p>What cannot be believed is a {@link dev.heddle.weave.classfile.Refusal}.
 */
@NullMarked
package dev.heddle.weave.classfile;

import org.jspecify.annotations.NullMarked;
