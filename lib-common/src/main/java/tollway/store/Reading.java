// SPDX-License-Identifier: Apache-2.0
package tollway.store;

/**
 * What a counter stands at: of packets that came from {@code neighbor}, or went to it. {@code
 * counter} is a name that no other counter ever has, so that it only grows under it.
 */
public record Reading(String neighbor, String counter, boolean from, long packets, long bytes) {}
