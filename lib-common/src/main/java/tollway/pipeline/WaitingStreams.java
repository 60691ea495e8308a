// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.session.ClientSession;

/**
 * Opens streams to destinations by way of the session; while there is none, requests wait, not too
 * many and not too long. Everything is on the loop.
 */
final class WaitingStreams {
  /** What became of a request, told once. */
  interface Outcome {
    /**
     * Takes data; the stream does not read until its auto-read is switched on. Where the egress is
     * far away this comes before it has answered, so that the first data takes the same flight;
     * should it say no after all, the stream fires its {@link NoStream} and closes.
     */
    void connected(DuplexChannel stream);

    void failed(NoStream why);

    /** Whoever asked has gone: an answer would be for nobody. */
    boolean cancelled();

    /** Never {@link #connected} before the egress has answered, however far away it is. */
    default boolean awaitsAnswer() {
      return false;
    }
  }

  private record Request(StreamHeader header, Outcome outcome) {}

  private static final int MOST_WAITING = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** A round trip that is worth saving: then streams are taken for connected before they are. */
  private static final Duration FAR = Duration.ofMillis(25);

  private static final Duration UNREAD_DELAY = Duration.ofSeconds(1);

  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(128 << 10, 256 << 10);

  private final NettyEventLoop loop;
  private final Supplier<String> state;
  private final SecureRandom random = new SecureRandom();
  private final DesktopTraffic traffic = new DesktopTraffic();
  private final Map<Request, Timer> waiting = new LinkedHashMap<>();
  private final RecentRefusals refusals = new RecentRefusals();
  private final CauseCounts<StreamFault> refused = new CauseCounts<>(StreamFault.class);
  private @Nullable ClientSession session;

  /** {@code state} says why there is no session. */
  WaitingStreams(NettyEventLoop loop, Supplier<String> state) {
    this.loop = loop;
    this.state = state;
  }

  /** A connection to {@code destination}. */
  void open(Destination destination, Outcome outcome) {
    open(
        new Request(
            new StreamHeader.Connection(StreamHeader.freshKey(random), destination), outcome));
  }

  /** A stream that carries datagrams. */
  void openDatagrams(Outcome outcome) {
    open(new Request(new StreamHeader.Datagrams(StreamHeader.freshKey(random)), outcome));
  }

  /** A measurement, whose other end is the egress. */
  void openSpeedTest(StreamHeader.SpeedTest.Kind kind, int seconds, Outcome outcome) {
    open(
        new Request(
            new StreamHeader.SpeedTest(StreamHeader.freshKey(random), kind, seconds), outcome));
  }

  private void open(Request request) {
    loop.checkInLoop();
    ClientSession ready = session;
    if (waiting.size() >= MOST_WAITING) {
      List.copyOf(waiting.keySet()).stream()
          .filter(each -> each.outcome().cancelled())
          .forEach(this::noLonger);
    }
    if (ready != null) {
      begin(ready, request);
    } else if (waiting.size() >= MOST_WAITING) {
      fail(request, NoStream.noRoute("too many requests wait already; " + state.get()));
    } else {
      waiting.put(request, loop.schedule(PATIENCE, () -> giveUp(request)));
    }
  }

  /** From now on streams are opened on {@code ready}. */
  void available(ClientSession ready) {
    loop.checkInLoop();
    session = ready;
    for (Request next : List.copyOf(waiting.keySet())) {
      if (noLonger(next) && !next.outcome().cancelled()) {
        begin(ready, next);
      }
    }
  }

  /** From now on requests wait. */
  void unavailable() {
    loop.checkInLoop();
    session = null;
  }

  /** How many wait for a session. */
  int waiting() {
    return waiting.size();
  }

  /** Refuses all who wait. */
  void close() {
    session = null;
    for (Request next : List.copyOf(waiting.keySet())) {
      if (noLonger(next)) {
        fail(next, NoStream.noRoute("this desktop is stopping"));
      }
    }
  }

  /** True: it waited until now. */
  private boolean noLonger(Request request) {
    Timer timer = waiting.remove(request);
    if (timer != null) {
      timer.cancel();
    }
    return timer != null;
  }

  private void giveUp(Request request) {
    if (noLonger(request)) {
      fail(request, NoStream.noRoute(state.get()));
    }
  }

  /** What all of them carried. */
  DesktopTraffic traffic() {
    return traffic;
  }

  /** How many did not come to be, by cause, since the start. */
  Map<StreamFault, Long> refused() {
    return refused.all();
  }

  private void fail(Request request, NoStream why) {
    refused(request, why);
    request.outcome().failed(why);
  }

  private void refused(Request request, NoStream why) {
    if (!request.outcome().cancelled()) {
      refused.add(StreamFault.of(why), loop.now());
    }
    if (why.status().isPresent()
        && request.header() instanceof StreamHeader.Connection connection) {
      refusals.add(connection.destination(), loop.nanoTime());
    }
  }

  /** Whoever was told lately why a destination does not answer is told again, and in time. */
  private boolean isWorthAssuming(ClientSession ready, Request request) {
    return request.header() instanceof StreamHeader.Connection connection
        && !request.outcome().awaitsAnswer()
        && ready.roundTrip().filter(time -> time.compareTo(FAR) >= 0).isPresent()
        && !refusals.contains(connection.destination(), loop.nanoTime());
  }

  private void begin(ClientSession ready, Request request) {
    boolean assume = isWorthAssuming(ready, request);
    ready
        .openStream(
            new ChannelInitializer<DuplexChannel>() {
              @Override
              protected void initChannel(DuplexChannel stream) {
                stream.config().setOption(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE);
                stream
                    .pipeline()
                    .addLast(
                        traffic,
                        new AwaitAnswer(
                            loop, request.outcome(), assume, why -> refused(request, why)));
              }
            })
        .addListener(
            (Future<DuplexChannel> opened) -> {
              if (!opened.isSuccess()) {
                fail(request, NoStream.noRoute("the session takes no more streams just now"));
              } else {
                Bytes key = request.header().key();
                opened.getNow().attr(Relay.UNREAD).set(() -> tellUnread(key));
                opened
                    .getNow()
                    .writeAndFlush(
                        Unpooled.wrappedBuffer(
                            StreamHeaderCodec.encode(request.header()).toArray()));
                if (assume) {
                  // In the next turn: who asks may not have read the end of its own request.
                  loop.execute(() -> assumeConnected(opened.getNow(), request));
                }
              }
            });
  }

  private static void assumeConnected(DuplexChannel stream, Request request) {
    if (request.outcome().cancelled()) {
      Relay.abort(stream);
    } else {
      request.outcome().connected(stream);
    }
  }

  /** Later, so that what was said last on the stream arrives first. */
  private void tellUnread(Bytes key) {
    loop.schedule(
        UNREAD_DELAY,
        () -> {
          ClientSession ready = session;
          if (ready != null) {
            ready
                .openStream(new ChannelInboundHandlerAdapter())
                .addListener((Future<DuplexChannel> opened) -> tellUnread(key, opened));
          }
        });
  }

  private static void tellUnread(Bytes key, Future<DuplexChannel> opened) {
    if (opened.isSuccess()) {
      DuplexChannel stream = opened.getNow();
      stream
          .writeAndFlush(
              Unpooled.wrappedBuffer(
                  StreamHeaderCodec.encode(new StreamHeader.Unread(key)).toArray()))
          .addListener(written -> stream.shutdownOutput());
    }
  }
}
