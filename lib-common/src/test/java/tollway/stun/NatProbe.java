// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import tollway.loop.NettyLoops;

/**
 * A process of its own, for tests with namespaces: {@code serve ADDRESS:PORT OTHER:PORT}, or {@code
 * discover ADDRESS:PORT}, which prints one line.
 */
public final class NatProbe {
  private NatProbe() {}

  public static void main(String[] arguments) throws Exception {
    try (NettyLoops loops = new NettyLoops(1)) {
      InetSocketAddress server = address(arguments[1]);
      if (arguments[0].equals("serve")) {
        serve(loops, server, address(arguments[2]));
      } else {
        System.out.println(discover(loops, server));
      }
    }
  }

  private static void serve(NettyLoops loops, InetSocketAddress at, InetSocketAddress other)
      throws IOException {
    try (StunResponder responder =
        StunResponder.bind(loops, List.of(at), Optional.of(StunAlternate.at(other)))) {
      System.out.println("open " + responder.addresses());
      System.in.read();
    }
  }

  private static String discover(NettyLoops loops, InetSocketAddress server) throws Exception {
    try {
      NatBehavior behavior =
          NatDiscovery.discover(loops.next(), server, StunPace.QUICK).get(30, TimeUnit.SECONDS);
      return "translated %s mapping %s filtering %s"
          .formatted(behavior.translated(), behavior.mapping().text(), behavior.filtering().text());
    } catch (ExecutionException failed) {
      return String.valueOf(failed.getMessage()).replaceFirst("^[\\w.]+: ", "");
    }
  }

  private static InetSocketAddress address(String text) throws Exception {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        InetAddress.getByName(text.substring(0, colon)),
        Integer.parseInt(text.substring(colon + 1)));
  }
}
