// SPDX-License-Identifier: Apache-2.0
/** The freddie binary: discovery, matchmaking, signalling and STUN. */
@org.jspecify.annotations.NullMarked
package tollway.freddie;
