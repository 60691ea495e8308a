// SPDX-License-Identifier: Apache-2.0
/** What we know of our neighbours, and the handshake that leads to a tunnel with each. */
@org.jspecify.annotations.NullMarked
package tollway.neighbor;
