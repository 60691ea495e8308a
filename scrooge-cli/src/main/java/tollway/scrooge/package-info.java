// SPDX-License-Identifier: Apache-2.0
/**
 * The scrooge binary: finds neighbours, tunnels to them, forwards only what came through a tunnel.
 */
@org.jspecify.annotations.NullMarked
package tollway.scrooge;
