// SPDX-License-Identifier: Apache-2.0
/** Single-threaded event loops; the only room that starts threads or timers. */
@org.jspecify.annotations.NullMarked
package tollway.loop;
