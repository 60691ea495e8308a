// SPDX-License-Identifier: Apache-2.0
/** How processes that do one work together reach each other: in this process, or over NATS. */
package tollway.bus;
