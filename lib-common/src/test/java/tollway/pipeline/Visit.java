// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One proxied connection of somebody, whose bytes are only counted. */
final class Visit implements WaitingStreams.Outcome {
  private final CompletableFuture<DuplexChannel> stream = new CompletableFuture<>();
  private final CompletableFuture<NoStream> failure = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final AtomicLong received = new AtomicLong();

  @Override
  public void connected(DuplexChannel open) {
    open.pipeline()
        .addLast(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                received.addAndGet(bytes.readableBytes());
              }

              @Override
              public void channelInactive(ChannelHandlerContext context) {
                closed.complete(null);
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
              }
            });
    open.config().setAutoRead(true);
    stream.complete(open);
    failure.cancel(false);
  }

  @Override
  public void failed(NoStream why) {
    failure.complete(why);
    stream.cancel(false);
  }

  @Override
  public boolean cancelled() {
    return false;
  }

  @Override
  public boolean awaitsAnswer() {
    return true;
  }

  DuplexChannel stream() throws Exception {
    return stream.get(40, TimeUnit.SECONDS);
  }

  /** Why the egress refused. */
  NoStream refusal() throws Exception {
    return failure.get(40, TimeUnit.SECONDS);
  }

  /** Waits for the answer; whether it was a refusal. */
  boolean isRefused() throws Exception {
    return CompletableFuture.anyOf(
                stream.handle((open, cancelled) -> open == null),
                failure.handle((why, cancelled) -> why != null))
            .get(40, TimeUnit.SECONDS)
        == Boolean.TRUE;
  }

  void send(ByteBuf bytes) throws Exception {
    stream().writeAndFlush(bytes);
  }

  long received() {
    return received.get();
  }

  void awaitEnd() throws Exception {
    closed.get(40, TimeUnit.SECONDS);
  }
}
