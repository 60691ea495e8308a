// SPDX-License-Identifier: Apache-2.0
/** How people speak to a running daemon from the command line: questions, events, and a shell. */
@org.jspecify.annotations.NullMarked
package tollway.console;
