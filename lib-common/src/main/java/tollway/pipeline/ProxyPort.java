// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Optional;
import tollway.loop.NettyEventLoop;

/**
 * What every connection to the local proxy works with.
 *
 * @param user who may use it; empty when everybody may who can connect
 */
record ProxyPort(NettyEventLoop loop, WaitingStreams streams, Optional<ProxyUser> user) {}
