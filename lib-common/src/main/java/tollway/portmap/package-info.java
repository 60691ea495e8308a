// SPDX-License-Identifier: Apache-2.0
/** Asks the router at home to let datagrams in: PCP (RFC 6887), NAT-PMP (RFC 6886) and UPnP IGD. */
@org.jspecify.annotations.NullMarked
package tollway.portmap;
