// SPDX-License-Identifier: Apache-2.0
/** Finding out whether STUN servers are any good. */
@org.jspecify.annotations.NullMarked
package tollway.crawl;
