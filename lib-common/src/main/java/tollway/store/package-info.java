// SPDX-License-Identifier: Apache-2.0
/** What a node must not forget, in a database file: settings of neighbours, what they used. */
@org.jspecify.annotations.NullMarked
package tollway.store;
