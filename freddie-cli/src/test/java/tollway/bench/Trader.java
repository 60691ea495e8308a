// SPDX-License-Identifier: Apache-2.0
package tollway.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.proto.signaling.SignalingProto;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;
import tollway.signaling.SignedAdvert;

/**
 * A client that costs the bench little: it believes what freddie says of others, and seals nothing.
 * Pings as ours do. Everything is on its loop.
 */
class Trader {
  private static final int PING_SECONDS = 25;

  private final NettyEventLoop loop;
  private final Identity identity = Identity.generate(new SecureRandom());
  private final NodeId egress;
  private final int slots;
  private final CountDownLatch ready;
  private @Nullable Channel channel;
  private Bytes nonce = Bytes.EMPTY;

  /** Counts {@code ready} down when it is welcome; offers {@code slots} if there are any. */
  Trader(NettyEventLoop loop, NodeId egress, int slots, CountDownLatch ready) {
    this.loop = loop;
    this.egress = egress;
    this.slots = slots;
    this.ready = ready;
  }

  NettyEventLoop loop() {
    return loop;
  }

  void connect(URI freddie) {
    loop.socketBootstrap()
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel fresh) {
                channel = fresh;
                fresh
                    .pipeline()
                    .addLast(
                        new IdleStateHandler(0, PING_SECONDS, 0),
                        new HttpClientCodec(),
                        new HttpObjectAggregator(8192),
                        new WebSocketClientProtocolHandler(
                            WebSocketClientProtocolConfig.newBuilder()
                                .webSocketUri(
                                    URI.create("ws://" + freddie.getAuthority() + "/v2/signal"))
                                .build()),
                        new Conversation());
              }
            })
        .connect(freddie.getHost(), freddie.getPort());
  }

  /** Does from now on what it is there for. */
  void begin() {}

  /** The number of the match, and the key of whom it is with. */
  void matched(long match, ByteString peer) {}

  void wish(int count) {
    say(new Signal.PeerRequest(count, egress, List.of()));
  }

  /** The next {@link #wish} or {@link #flush} takes it along. */
  void hangUp(long match) {
    write(new Signal.HangUp(match, "done", false));
  }

  void flush() {
    if (channel != null) {
      channel.flush();
    }
  }

  void close() {
    if (channel != null) {
      channel.close();
    }
  }

  private void say(Signal signal) {
    write(signal);
    flush();
  }

  private void write(Signal signal) {
    if (channel != null) {
      byte[] bytes = SignalingCodec.encode(signal).toArray();
      channel.write(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)), channel.voidPromise());
    }
  }

  private void hears(Signal signal) {
    if (signal instanceof Signal.Challenge challenge) {
      nonce = challenge.nonce();
      say(
          new Signal.Hello(
              Signal.VERSION, identity.nodeId(), identity.sign(Signal.helloProof(nonce))));
    } else if (signal instanceof Signal.Welcome) {
      if (slots > 0) {
        Advert advert = new Advert(slots, List.of(egress), "bench");
        Bytes key = Bytes.of((byte) 9).plus(Bytes.of(new byte[SealKey.SIZE - 1]));
        say(new Signal.Slots(SignedAdvert.of(advert, identity, nonce), SealKey.of(key, identity)));
      }
      ready.countDown();
    } else if (signal instanceof Signal.Refusal refusal) {
      System.err.println("refused: " + refusal);
    }
  }

  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame)
        throws MalformedBytesException, InvalidProtocolBufferException {
      SignalingProto.Signal raw = SignalingProto.Signal.parseFrom(frame.content().nioBuffer());
      if (raw.hasMatched()) {
        // Whether a stranger's key is one costs more than all the rest, and is not asked here.
        matched(raw.getMatched().getMatch(), raw.getMatched().getPeer());
      } else {
        hears(SignalingCodec.decode(frame.content().nioBuffer()));
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof IdleStateEvent) {
        context.writeAndFlush(new PingWebSocketFrame());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      System.err.println("lost: " + cause);
      context.close();
    }
  }
}
