// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The connection that a SOCKS5 proxy makes for us: RFC 1928, and RFC 1929 where it wants a
 * password. It looks names up itself.
 */
final class SocksTunnel extends UpstreamHandshake {
  private static final int VERSION = 5;
  private static final int OPEN = 0;
  private static final int PASSWORD = 2;
  private static final int NONE = 0xff;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;

  /** The longest name, RFC 1928 §5. */
  private static final int NAME_LIMIT = 255;

  private enum Stage {
    METHOD,
    LOGIN,
    REPLY
  }

  private final String host;
  private final int port;
  private Stage stage = Stage.METHOD;

  SocksTunnel(Upstream proxy, String host, int port) {
    super(proxy);
    this.host = host;
    this.port = port;
  }

  @Override
  ByteBuf greeting() {
    return proxy().login().isPresent()
        ? bytes(VERSION, 2, OPEN, PASSWORD)
        : bytes(VERSION, 1, OPEN);
  }

  @Override
  void hear(ChannelHandlerContext context, ByteBuf in) {
    switch (stage) {
      case METHOD -> hearMethod(context, in);
      case LOGIN -> hearLogin(context, in);
      case REPLY -> hearReply(context, in);
    }
  }

  private void hearMethod(ChannelHandlerContext context, ByteBuf in) {
    if (in.readableBytes() < 2) {
      return;
    }
    int version = in.readUnsignedByte();
    int method = in.readUnsignedByte();
    if (version != VERSION) {
      refused(context, "it does not speak SOCKS5");
    } else if (method == OPEN) {
      ask(context);
    } else if (method == PASSWORD && proxy().login().isPresent()) {
      stage = Stage.LOGIN;
      context.writeAndFlush(login(proxy().login().get()));
    } else if (method == NONE) {
      notLetIn(context);
    } else {
      refused(context, "it does not speak SOCKS5");
    }
  }

  private void hearLogin(ChannelHandlerContext context, ByteBuf in) {
    if (in.readableBytes() < 2) {
      return;
    }
    in.skipBytes(1); // Its version, of which some say 5.
    if (in.readByte() == 0) {
      ask(context);
    } else {
      notLetIn(context);
    }
  }

  /** The address that it is bound to, which is of no use to us, says how long the reply is. */
  private void hearReply(ChannelHandlerContext context, ByteBuf in) {
    int at = in.readerIndex();
    if (in.readableBytes() < 5) {
      return;
    }
    int reply = in.getUnsignedByte(at + 1);
    int size =
        switch (in.getUnsignedByte(at + 3)) {
          case IPV4 -> 10;
          case NAME -> 7 + in.getUnsignedByte(at + 4);
          case IPV6 -> 22;
          default -> 0;
        };
    if (in.getUnsignedByte(at) != VERSION || (reply == 0 && size == 0)) {
      refused(context, "it does not speak SOCKS5");
    } else if (reply != 0) {
      refused(context, why(reply));
    } else if (in.readableBytes() >= size) {
      in.skipBytes(size);
      opened(context);
    }
  }

  private void ask(ChannelHandlerContext context) {
    byte @Nullable [] address = NetUtil.createByteArrayFromIpAddressString(host);
    byte[] name = host.getBytes(StandardCharsets.US_ASCII);
    if (address == null && name.length > NAME_LIMIT) {
      refused(context, "the freddie's name is too long for SOCKS");
      return;
    }
    ByteBuf request = bytes(VERSION, 1, 0);
    if (address == null) {
      request.writeByte(NAME).writeByte(name.length).writeBytes(name);
    } else {
      request.writeByte(address.length == 4 ? IPV4 : IPV6).writeBytes(address);
    }
    stage = Stage.REPLY;
    context.writeAndFlush(request.writeShort(port));
  }

  /** RFC 1929 §2. */
  private static ByteBuf login(Upstream.Login login) {
    byte[] user = login.user().getBytes(StandardCharsets.UTF_8);
    byte[] password = login.password().getBytes(StandardCharsets.UTF_8);
    return bytes(1)
        .writeByte(user.length)
        .writeBytes(user)
        .writeByte(password.length)
        .writeBytes(password);
  }

  /** RFC 1928 §6. */
  private static String why(int reply) {
    return switch (reply) {
      case 2 -> "its rules do not allow that connection";
      case 3 -> "it does not reach that network";
      case 4 -> "it does not reach that host, or finds no such name";
      case 5 -> "it was refused there";
      case 6 -> "it got no answer from there";
      default -> "it could not connect, SOCKS reply " + reply;
    };
  }

  private static ByteBuf bytes(int... values) {
    ByteBuf buffer = Unpooled.buffer();
    for (int value : values) {
      buffer.writeByte(value);
    }
    return buffer;
  }
}
