// SPDX-License-Identifier: Apache-2.0
/** What daemons write to standard error: lines for people, or an object a line for programs. */
@org.jspecify.annotations.NullMarked
package tollway.log;
