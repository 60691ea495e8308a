// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The system does not let us listen on an address; the message says where and why in one line. */
public final class ListenException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean denied;

  private ListenException(String message, boolean denied, Throwable cause) {
    super(message, cause);
    this.denied = denied;
  }

  /** Waits until {@code binding} is done: its channel, when it listens. Not on a loop. */
  public static Channel check(ChannelFuture binding, String protocol, InetSocketAddress address)
      throws ListenException {
    binding.awaitUninterruptibly();
    if (binding.isSuccess()) {
      return binding.channel();
    }
    // Without the name of the system call, which the native transport puts in front.
    String why =
        String.valueOf(binding.cause().getMessage())
            .replaceFirst("^\\w+\\(\\.\\.\\) failed[^:]*: ", "");
    boolean denied = why.contains("Permission denied");
    throw new ListenException(
        "cannot listen on %s %s: %s%s"
            .formatted(
                protocol,
                NetUtil.toSocketAddressString(address),
                why,
                denied ? " (ports below 1024 need root or CAP_NET_BIND_SERVICE)" : ""),
        denied,
        binding.cause());
  }

  /** Whether a privilege is missing. */
  public boolean denied() {
    return denied;
  }
}
