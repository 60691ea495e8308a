// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

/**
 * What a neighbour is promised: {@code rate} whenever it asks, and what others leave up to {@code
 * ceil}, taken in turns of {@code quantum} bytes.
 */
public record Portion(Rate rate, Rate ceil, int quantum) {}
