// SPDX-License-Identifier: Apache-2.0
/**
 * Pluggable transports (PT 2.1, managed): what a host such as tor tells us, and what we tell it.
 */
@org.jspecify.annotations.NullMarked
package tollway.pt;
