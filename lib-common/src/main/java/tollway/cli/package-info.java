// SPDX-License-Identifier: Apache-2.0
/**
 * What every command line shares: exit codes, error lines, the config cascade, running a daemon.
 */
@org.jspecify.annotations.NullMarked
package tollway.cli;
