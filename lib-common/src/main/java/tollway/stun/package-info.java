// SPDX-License-Identifier: Apache-2.0
/** STUN (RFC 8489): messages, their codec, a client for one question and the responder. */
@org.jspecify.annotations.NullMarked
package tollway.stun;
