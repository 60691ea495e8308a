// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * One connection of HTTP/2 (RFC 9113), whose streams are each served as a connection of its own
 * with one request. Bounds what it may cost; on its loop.
 */
final class Http2Streams extends ChannelInboundHandlerAdapter {
  private static final int STREAMS = 100;
  private static final int HEADERS = 8 << 10;
  private static final int FRAME = 16 << 10;

  /** CVE-2023-44487: streams that are begun and reset; a front's clients do that, too. */
  private static final int RESETS = 200;

  private static final int RESETS_SECONDS = 10;

  /** CVE-2019-9518: data frames without data, in a row. */
  private static final int EMPTY_FRAMES = 2;

  /** CVE-2024-27316: headers that go on in small pieces. */
  private static final int CONTINUATIONS = 4;

  /** CVE-2019-9512, CVE-2019-9515: answers to pings and settings that wait to be read. */
  private static final int QUEUED = 256;

  private final ConnectionGuard guard;
  private final FrameAllowance allowance = new FrameAllowance(System::nanoTime);
  private final Set<Channel> streams = new HashSet<>();
  private boolean stopping;

  private Http2Streams(ConnectionGuard guard) {
    this.guard = guard;
  }

  /**
   * Puts the handlers of HTTP/2 into {@code pipeline}.
   *
   * @param all counts the streams of all connections, of which there are {@code most} at most
   * @param serve puts those of HTTP/1.1 into a stream's, behind a guard of its own
   */
  static void add(
      ChannelPipeline pipeline,
      ConnectionGuard guard,
      AtomicInteger all,
      int most,
      BiConsumer<Channel, ConnectionGuard> serve) {
    Http2Streams own = new Http2Streams(guard);
    guard.sharesIt();
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(STREAMS)
                    .maxHeaderListSize(HEADERS)
                    .maxFrameSize(FRAME))
            .decoderEnforceMaxRstFramesPerWindow(RESETS, RESETS_SECONDS)
            .decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_FRAMES)
            .decoderEnforceMaxSmallContinuationFrames(CONTINUATIONS)
            .encoderEnforceMaxQueuedControlFrames(QUEUED)
            .encoderEnforceMaxRstFramesPerWindow(RESETS, RESETS_SECONDS)
            .gracefulShutdownTimeoutMillis(SignalServer.GOODBYE_MILLIS)
            .build(),
        new Http2MultiplexHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel stream) {
                boolean room = all.incrementAndGet() <= most;
                stream.closeFuture().addListener(closed -> all.decrementAndGet());
                own.begin(stream);
                if (!room) {
                  stream.close();
                  return;
                }
                stream
                    .config()
                    .setWriteBufferWaterMark(
                        new WriteBufferWaterMark(
                            SignalServer.UNREAD_LIMIT / 2, SignalServer.UNREAD_LIMIT));
                ConnectionGuard its = guard.ofStream();
                stream.pipeline().addLast(its, new Http2StreamFrameToHttpObjectCodec(true));
                serve.accept(stream, its);
              }
            }),
        own);
  }

  /** What is no stream's: settings, pings and the like. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    ReferenceCountUtil.release(frame);
    allowance.take(1);
    if (allowance.isFarOverdrawn()) {
      guard.cut(Counters.Cut.TOO_FAST);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == Fault.STOPPING) {
      stopping = true;
      Set.copyOf(streams).forEach(stream -> stream.pipeline().fireUserEventTriggered(event));
      closeWhenUnused(context.channel());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void begin(Channel stream) {
    guard.proved();
    streams.add(stream);
    stream
        .closeFuture()
        .addListener(
            closed -> {
              streams.remove(stream);
              if (streams.isEmpty()) {
                guard.rests();
              }
              if (stopping) {
                closeWhenUnused(stream.parent());
              }
            });
  }

  /** Some clients take a GOAWAY for the end of all requests, so it comes after their answers. */
  private void closeWhenUnused(Channel connection) {
    if (streams.isEmpty()) {
      connection.close();
    }
  }
}
