// SPDX-License-Identifier: Apache-2.0
/**
 * Divides what this node forwards among its neighbours, by weight and below a cap, with {@code tc}.
 */
@org.jspecify.annotations.NullMarked
package tollway.shaping;
