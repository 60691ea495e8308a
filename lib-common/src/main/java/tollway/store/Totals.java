// SPDX-License-Identifier: Apache-2.0
package tollway.store;

/** Bytes that came from a neighbour and that went to it, since the store was begun. */
public record Totals(long from, long back) {}
