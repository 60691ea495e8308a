// SPDX-License-Identifier: Apache-2.0
/** WireGuard interfaces: what we want, and the drivers that make it so. */
@org.jspecify.annotations.NullMarked
package tollway.tunnel;
