/**
 * Black-box tests of the built WARs on a real server: what a third party and an admin can see, and
 * nothing else. Start reading at {@link dev.latchkey.it.MainJobIT}; {@link
 * dev.latchkey.it.TestedServer} starts the server that all classes share.
 */
@NullMarked
package dev.latchkey.it;

import org.jspecify.annotations.NullMarked;
