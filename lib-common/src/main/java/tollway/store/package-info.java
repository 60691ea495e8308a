// SPDX-License-Identifier: Apache-2.0
/**
 * What a node must not forget: settings of neighbours and what they used, in a database file; what
 * a volunteer relayed on which day, in a text file.
 */
@org.jspecify.annotations.NullMarked
package tollway.store;
