// SPDX-License-Identifier: Apache-2.0
/**
 * Divides a rate by weight: what this node forwards among its neighbours, with {@code tc}, and what
 * a process of ours passes on among those whom it serves, with {@link FairShare}.
 */
@org.jspecify.annotations.NullMarked
package tollway.shaping;
