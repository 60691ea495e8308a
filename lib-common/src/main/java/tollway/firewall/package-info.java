// SPDX-License-Identifier: Apache-2.0
/** What this host may forward: nftables rule sets as values, and the one class that loads them. */
@org.jspecify.annotations.NullMarked
package tollway.firewall;
