// SPDX-License-Identifier: Apache-2.0
/** Recorded network traffic: reads pcap, pcapng and hex dumps, and finds UDP datagrams in them. */
@org.jspecify.annotations.NullMarked
package tollway.capture;
