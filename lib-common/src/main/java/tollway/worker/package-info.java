// SPDX-License-Identifier: Apache-2.0
/**
 * What decides for connections that come and go, as machines without sockets, timers or chance;
 * whoever owns these carries out what a machine wants.
 */
@org.jspecify.annotations.NullMarked
package tollway.worker;
