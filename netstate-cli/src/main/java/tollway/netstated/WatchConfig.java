// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import java.time.Duration;
import tollway.netstate.ServerAddress;

/** What to watch, and whether only once; {@code patience} is for the first graph. */
record WatchConfig(ServerAddress server, boolean once, Duration patience) {}
