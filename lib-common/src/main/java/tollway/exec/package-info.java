// SPDX-License-Identifier: Apache-2.0
/** Runs programs of the host and reports what they said. */
@org.jspecify.annotations.NullMarked
package tollway.exec;
