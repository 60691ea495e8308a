// SPDX-License-Identifier: Apache-2.0
/** Pages for people that a daemon shows. */
@org.jspecify.annotations.NullMarked
package tollway.page;
