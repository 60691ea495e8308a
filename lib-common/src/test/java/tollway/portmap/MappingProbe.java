// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/**
 * A socket at the address given, and a mapping for it until stdin ends: {@code mapped HOST PORT}
 * and {@code heard TEXT} on stdout.
 */
public final class MappingProbe {
  private MappingProbe() {}

  public static void main(String[] arguments) throws Exception {
    try (NettyLoops loops = new NettyLoops(1)) {
      NettyEventLoop loop = loops.next();
      InetSocketAddress own =
          (InetSocketAddress)
              loop.datagramBootstrap(SocketProtocolFamily.INET)
                  .handler(new Ear())
                  .bind(new InetSocketAddress(arguments[0], 0))
                  .sync()
                  .channel()
                  .localAddress();
      PortMapping[] made = new PortMapping[1];
      loop.execute(
          () ->
              made[0] = PortMapping.ask(loop, own, new Random(), MappingProbe::say).orElseThrow());
      System.in.read();
      loop.execute(made[0]::close);
      loop.netty().schedule(() -> {}, 500, java.util.concurrent.TimeUnit.MILLISECONDS).sync();
    }
  }

  private static void say(InetSocketAddress outside) {
    System.out.println("mapped " + outside.getAddress().getHostAddress() + " " + outside.getPort());
  }

  private static final class Ear extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      System.out.println("heard " + packet.content().toString(StandardCharsets.UTF_8));
    }
  }
}
