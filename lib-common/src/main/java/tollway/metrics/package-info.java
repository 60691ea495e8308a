// SPDX-License-Identifier: Apache-2.0
/** What a daemon measures of itself, as text for Prometheus, by HTTP; loaded when asked for. */
@org.jspecify.annotations.NullMarked
package tollway.metrics;
