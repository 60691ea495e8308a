// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollway.bytes.MalformedBytesException;

/**
 * One SOCKS5 connection (RFC 1928), until it carries a stream or stands for an association. What
 * comes behind the command waits here.
 */
final class SocksProxy extends ByteToMessageDecoder {
  private enum State {
    GREETING,
    PASSWORD,
    COMMAND,
    ASKED
  }

  /** The address that the egress bound is nobody's business (§6 lets it be anything). */
  private static final InetSocketAddress NOWHERE = new InetSocketAddress("0.0.0.0", 0);

  private final ProxyPort port;
  private State state;
  private boolean inputEnded;

  SocksProxy(ProxyPort port) {
    this(port, State.GREETING);
  }

  private SocksProxy(ProxyPort port, State state) {
    this.port = port;
    this.state = state;
  }

  /** Serves a client that was admitted already: its command comes next. */
  static void serve(Channel admitted, ProxyPort port) {
    admitted
        .pipeline()
        .addFirst(ProxyGreeting.IdleEnd.NAME, new ProxyGreeting.IdleEnd(ProxyGreeting.IDLE_SECONDS))
        .addLast(new SocksProxy(port, State.COMMAND));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws MalformedBytesException {
    switch (state) {
      case GREETING -> SocksCodec.greeting(in).ifPresent(methods -> greet(context, methods));
      case PASSWORD -> SocksCodec.credentials(in).ifPresent(given -> admit(context, given));
      case COMMAND -> {
        Optional<SocksCommand> command = SocksCodec.command(in);
        if (command.isPresent()) {
          state = State.ASKED;
          obey(context, command.get());
        }
      }
      case ASKED -> {}
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      context.fireUserEventTriggered(event);
    } else if (state == State.ASKED && actualReadableBytes() > 0) {
      inputEnded = true; // It has said all it has to say: told to the relay once there is one.
    } else {
      context.close();
    }
  }

  private void greet(ChannelHandlerContext context, Set<Integer> methods) {
    int wanted = port.user().isPresent() ? SocksCodec.USER_PASSWORD : SocksCodec.NO_AUTHENTICATION;
    if (methods.contains(wanted)) {
      state = port.user().isPresent() ? State.PASSWORD : State.COMMAND;
      context.writeAndFlush(SocksCodec.method(wanted));
    } else {
      end(context, SocksCodec.method(SocksCodec.UNACCEPTED));
    }
  }

  private void admit(ChannelHandlerContext context, SocksCodec.Credentials given) {
    if (port.user().filter(user -> user.is(given.user(), given.password())).isPresent()) {
      state = State.COMMAND;
      context.writeAndFlush(SocksCodec.admitted(true));
    } else {
      end(context, SocksCodec.admitted(false));
    }
  }

  private void obey(ChannelHandlerContext context, SocksCommand command) {
    // From here on an end of input is one half of a connection, not its end.
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    context.channel().config().setAutoRead(false);
    if (command instanceof SocksCommand.Connect connect) {
      port.streams().open(connect.destination(), new Connecting(context));
    } else if (command instanceof SocksCommand.Associate associate) {
      port.streams().openDatagrams(new Associating(context, associate));
    } else if (command instanceof SocksCommand.Refused refused) {
      refuse(context, refused.why());
    }
  }

  private void refuse(ChannelHandlerContext context, SocksStatus status) {
    end(context, SocksCodec.reply(status, NOWHERE));
  }

  /** The last word; what comes afterwards is not read. */
  private void end(ChannelHandlerContext context, ByteBuf word) {
    state = State.ASKED;
    context.writeAndFlush(word).addListener(ChannelFutureListener.CLOSE);
  }

  private abstract class Opening implements WaitingStreams.Outcome {
    final ChannelHandlerContext context;

    Opening(ChannelHandlerContext context) {
      this.context = context;
    }

    @Override
    public void failed(NoStream why) {
      if (context.channel().isActive()) {
        refuse(context, SocksStatus.of(why));
      }
    }

    @Override
    public boolean cancelled() {
      return !context.channel().isActive();
    }
  }

  private final class Connecting extends Opening {
    Connecting(ChannelHandlerContext context) {
      super(context);
    }

    @Override
    public void connected(DuplexChannel stream) {
      context.writeAndFlush(SocksCodec.reply(SocksStatus.SUCCEEDED, NOWHERE));
      DuplexChannel client = (DuplexChannel) context.channel();
      client.pipeline().remove(ProxyGreeting.IdleEnd.class);
      Relay.join(client, stream, new Relay.Count(), new Relay.Count());
      // Hands on what came behind the command.
      client.pipeline().remove(SocksProxy.this);
      if (inputEnded) {
        client.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      }
    }
  }

  private final class Associating extends Opening {
    private final SocksCommand.Associate command;

    Associating(ChannelHandlerContext context, SocksCommand.Associate command) {
      super(context);
      this.command = command;
    }

    @Override
    public void connected(DuplexChannel stream) {
      SocksAssociation association =
          new SocksAssociation((DuplexChannel) context.channel(), stream, command);
      association
          .bind(port.loop())
          .addListener(
              bound -> {
                if (!bound.isSuccess()) {
                  stream.close();
                  refuse(context, SocksStatus.FAILURE);
                  return;
                }
                if (inputEnded || cancelled()) {
                  association.end();
                  return;
                }
                context.writeAndFlush(
                    SocksCodec.reply(SocksStatus.SUCCEEDED, association.address()));
                context.pipeline().remove(ProxyGreeting.IdleEnd.class);
                association.begin();
                context.pipeline().remove(SocksProxy.this);
              });
    }

    @Override
    public void failed(NoStream why) {
      boolean older = why.status().filter(StreamAnswer.Status.BAD_HEADER::equals).isPresent();
      if (older && context.channel().isActive()) {
        refuse(context, SocksStatus.COMMAND_UNSUPPORTED); // The egress knows only connections.
      } else {
        super.failed(why);
      }
    }
  }
}
