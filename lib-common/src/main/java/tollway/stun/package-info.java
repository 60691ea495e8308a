// SPDX-License-Identifier: Apache-2.0
/**
 * STUN (RFC 8489): messages, their codec, questions to servers, the responder; and what a NAT does
 * (RFC 5780).
 */
@org.jspecify.annotations.NullMarked
package tollway.stun;
