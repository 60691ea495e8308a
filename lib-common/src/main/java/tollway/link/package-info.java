// SPDX-License-Identifier: Apache-2.0
/** The multicast UDP socket between direct neighbours, and the interfaces it is on. */
@org.jspecify.annotations.NullMarked
package tollway.link;
