// SPDX-License-Identifier: Apache-2.0
/** Path-agnostic QUIC: one session with a pinned egress, over any number of paths. */
@org.jspecify.annotations.NullMarked
package tollway.session;
