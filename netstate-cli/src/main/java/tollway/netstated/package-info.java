// SPDX-License-Identifier: Apache-2.0
/** The netstate binary: collects who helps whom and shows it live. */
@org.jspecify.annotations.NullMarked
package tollway.netstated;
