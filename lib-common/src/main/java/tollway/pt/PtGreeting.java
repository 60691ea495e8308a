// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.pipeline.SocksCodec;

/**
 * The beginning of a SOCKS5 connection of the host's: its arguments come where others give a user
 * and a password (RFC 1929, pt-spec §3.5), or as JSON (method 9). Who they lead to serves the rest.
 */
public final class PtGreeting extends ByteToMessageDecoder {
  /** Who knows where arguments lead to. */
  public interface Guide {
    /** Whoever serves such a connection, on its loop; what it fails with is for the host's log. */
    CompletableFuture<Consumer<Channel>> choose(List<PtArgument> arguments);

    /** Arguments that lead nowhere. */
    void refused(String why);
  }

  private enum State {
    GREETING,
    PASSWORD,
    JSON,
    CHOOSING
  }

  /** IANA: JSON Parameter Block. */
  private static final int JSON_BLOCK = 9;

  private static final int JSON_LIMIT = 16 << 10;
  private static final int SECONDS = 30;

  private final Guide guide;
  private State state = State.GREETING;
  private @Nullable ScheduledFuture<?> deadline;

  public PtGreeting(Guide guide) {
    this.guide = guide;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline = context.executor().schedule(() -> context.close(), SECONDS, TimeUnit.SECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws MalformedBytesException {
    switch (state) {
      case GREETING -> SocksCodec.greeting(in).ifPresent(methods -> greet(context, methods));
      case PASSWORD -> {
        Optional<SocksCodec.Credentials> given = SocksCodec.credentials(in);
        if (given.isPresent()) {
          choose(context, () -> PtArguments.ofConnection(text(given.get())), true);
        }
      }
      case JSON -> json(context, in);
      case CHOOSING -> {} // The command waits here.
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void greet(ChannelHandlerContext context, Set<Integer> methods) {
    if (methods.contains(SocksCodec.USER_PASSWORD)) {
      state = State.PASSWORD;
      context.writeAndFlush(SocksCodec.method(SocksCodec.USER_PASSWORD));
    } else if (methods.contains(JSON_BLOCK)) {
      state = State.JSON;
      context.writeAndFlush(SocksCodec.method(JSON_BLOCK));
    } else if (methods.contains(SocksCodec.NO_AUTHENTICATION)) {
      context.writeAndFlush(SocksCodec.method(SocksCodec.NO_AUTHENTICATION));
      choose(context, List::of, false);
    } else {
      end(context, SocksCodec.method(SocksCodec.UNACCEPTED));
    }
  }

  /** What did not fit the user's name is in the password; one NUL stands for nothing. */
  private static String text(SocksCodec.Credentials given) {
    return given.password().equals("\0") ? given.user() : given.user() + given.password();
  }

  private void json(ChannelHandlerContext context, ByteBuf in) {
    if (in.readableBytes() < Integer.BYTES) {
      return;
    }
    long size = in.getUnsignedInt(in.readerIndex());
    if (size > JSON_LIMIT) {
      context.close();
    } else if (in.readableBytes() - Integer.BYTES >= size) {
      String text = in.toString(in.readerIndex() + 4, (int) size, StandardCharsets.UTF_8);
      in.skipBytes(Integer.BYTES + (int) size);
      choose(context, () -> PtArguments.ofJson(text), false);
    }
  }

  /** What a host said. */
  private interface Said {
    List<PtArgument> arguments() throws MalformedBytesException;
  }

  private void choose(ChannelHandlerContext context, Said said, boolean answered) {
    state = State.CHOOSING;
    context.channel().config().setAutoRead(false);
    List<PtArgument> arguments;
    try {
      arguments = said.arguments();
    } catch (MalformedBytesException wrong) {
      refuse(context, String.valueOf(wrong.getMessage()), answered);
      return;
    }
    guide
        .choose(arguments)
        .whenCompleteAsync(
            (way, why) -> {
              if (why != null) {
                refuse(context, reason(why), answered);
              } else if (context.channel().isActive()) {
                if (answered) {
                  context.writeAndFlush(SocksCodec.admitted(true));
                }
                way.accept(context.channel());
                context.pipeline().remove(this); // Hands on the command, if it is there already.
                context.channel().config().setAutoRead(true);
              }
            },
            context.executor());
  }

  private static String reason(Throwable why) {
    Throwable cause = why.getCause();
    return String.valueOf((cause == null ? why : cause).getMessage());
  }

  private void refuse(ChannelHandlerContext context, String why, boolean answered) {
    guide.refused(why);
    end(context, answered ? SocksCodec.admitted(false) : Unpooled.EMPTY_BUFFER);
  }

  private void end(ChannelHandlerContext context, ByteBuf word) {
    state = State.CHOOSING;
    context.writeAndFlush(word).addListener(ChannelFutureListener.CLOSE);
  }
}
