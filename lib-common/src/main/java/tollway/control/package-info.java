// SPDX-License-Identifier: Apache-2.0
/** Talking to a running daemon of ours: a Unix socket, one JSON line per question and answer. */
@org.jspecify.annotations.NullMarked
package tollway.control;
