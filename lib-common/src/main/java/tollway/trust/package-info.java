// SPDX-License-Identifier: Apache-2.0
/** Whom the operator wants as a neighbour, and whom not. */
@org.jspecify.annotations.NullMarked
package tollway.trust;
