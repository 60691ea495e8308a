// SPDX-License-Identifier: Apache-2.0
/** The sequence numbers of what we sign, and the file that keeps one from being used twice. */
@org.jspecify.annotations.NullMarked
package tollway.seqno;
