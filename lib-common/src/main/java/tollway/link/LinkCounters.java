// SPDX-License-Identifier: Apache-2.0
package tollway.link;

/**
 * What a {@link LinkSocket} has done so far. {@code offLink}: not from a link-local address, or on
 * an interface we were not asked to use. {@code busy}: the loop had too many waiting.
 */
public record LinkCounters(
    long received, long sent, long tooLong, long offLink, long busy, long notSent) {}
