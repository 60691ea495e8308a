// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.net.InetSocketAddress;
import tollway.netstate.GraphLimits;
import tollway.netstate.ReportToken;

/** What the server needs to know. */
record ServeConfig(InetSocketAddress listen, ReportToken token, GraphLimits limits) {}
