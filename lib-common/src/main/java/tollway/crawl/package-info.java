// SPDX-License-Identifier: Apache-2.0
/** Finding STUN servers, finding out whether they are any good, and the list of those that are. */
@org.jspecify.annotations.NullMarked
package tollway.crawl;
