// SPDX-License-Identifier: Apache-2.0
/** The egress binary: the exit, the volunteer's widget and the desktop proxy. */
@org.jspecify.annotations.NullMarked
package tollway.egress;
