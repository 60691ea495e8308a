// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

/** A match within one of our conversations with freddie, which numbers them anew each time. */
public record MatchId(int generation, long match) {}
