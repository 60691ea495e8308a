// SPDX-License-Identifier: Apache-2.0
/** Asks the router at home to let datagrams in: PCP (RFC 6887) and NAT-PMP (RFC 6886). */
@org.jspecify.annotations.NullMarked
package tollway.portmap;
