// SPDX-License-Identifier: Apache-2.0
/** Datagrams between direct neighbours, their text form and what makes one acceptable. */
@org.jspecify.annotations.NullMarked
package tollway.wire;
