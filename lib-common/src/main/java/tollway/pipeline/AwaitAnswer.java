// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/** The first thing on every stream: what the egress says of the destination. */
final class AwaitAnswer extends ByteToMessageDecoder {
  /** Longer than an egress takes to look up and dial. */
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final NettyEventLoop loop;
  private final WaitingStreams.Outcome outcome;
  private final Consumer<NoStream> refused;
  private @Nullable Timer deadline;

  /** Whoever asked has the stream already. */
  private final boolean assumed;

  private boolean told;

  /** {@code refused} hears of an answer that is none of success, before {@code outcome} does. */
  AwaitAnswer(
      NettyEventLoop loop,
      WaitingStreams.Outcome outcome,
      boolean assumed,
      Consumer<NoStream> refused) {
    this.loop = loop;
    this.outcome = outcome;
    this.assumed = assumed;
    this.refused = refused;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        loop.schedule(
            DEADLINE, () -> fail(context, NoStream.noRoute("the egress does not answer")));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (told) {
      return; // Data behind the answer; handed on when this handler is removed.
    }
    try {
      Optional<StreamAnswer> answer = StreamAnswerCodec.decode(in);
      if (answer.isEmpty()) {
        return;
      }
      if (!answer.get().isConnected()) {
        fail(context, NoStream.answered(answer.get()));
      } else if (assumed) {
        tell();
        context.pipeline().remove(this);
      } else if (outcome.cancelled()) {
        tell();
        Relay.abort(context.channel());
      } else {
        tell();
        DuplexChannel stream = (DuplexChannel) context.channel();
        stream.config().setAutoRead(false);
        outcome.connected(stream);
        stream.pipeline().remove(this);
      }
    } catch (MalformedBytesException wrong) {
      fail(context, NoStream.noRoute("the egress answers nonsense"));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, NoStream.noRoute("the session ended"));
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, NoStream.noRoute("the stream was reset"));
  }

  private void fail(ChannelHandlerContext context, NoStream why) {
    if (!told) {
      tell();
      refused.accept(why);
      if (assumed) {
        context.fireUserEventTriggered(why);
        Relay.abort(context.channel());
      } else {
        outcome.failed(why);
        context.channel().close();
      }
    }
  }

  private void tell() {
    told = true;
    if (deadline != null) {
      deadline.cancel();
    }
  }
}
