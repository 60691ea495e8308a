// SPDX-License-Identifier: Apache-2.0
/**
 * How people speak to a running daemon from the command line: questions, events, a shell, and a
 * doctor's findings.
 */
@org.jspecify.annotations.NullMarked
package tollway.console;
