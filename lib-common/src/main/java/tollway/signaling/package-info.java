// SPDX-License-Identifier: Apache-2.0
/** The freddie protocol: its messages, and the client that keeps up a connection. */
@org.jspecify.annotations.NullMarked
package tollway.signaling;
