// SPDX-License-Identifier: Apache-2.0
/** How clients get to a freddie where it is blocked: by fronts, by proxies, by what worked last. */
@org.jspecify.annotations.NullMarked
package tollway.reach;
