// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.SessionServer;

/** The egress's end of one volunteer's WebSocket: hands each path's frames to the sessions. */
final class VolunteerSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final SessionServer sessions;
  private final EgressLoad load;
  private final Supplier<AccessTokens> tokens;
  private final int maxPaths;
  private final IntObjectMap<PathHandle> paths = new IntObjectHashMap<>();
  private final FairQueue queue = new FairQueue(PathSocket.QUEUE.high());

  /** Once the handshake is done and there was room. */
  private @Nullable TokenCount count;

  VolunteerSocket(
      SessionServer sessions, EgressLoad load, Supplier<AccessTokens> tokens, int maxPaths) {
    this.sessions = sessions;
    this.load = load;
    this.tokens = tokens;
    this.maxPaths = maxPaths;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof HandshakeComplete) {
      begin(context);
    } else if (event instanceof IdleStateEvent idle) {
      if (idle.state() == IdleState.READER_IDLE) {
        context.close();
      } else {
        context.writeAndFlush(new PingWebSocketFrame());
      }
    }
  }

  private void begin(ChannelHandlerContext context) {
    AccessTokens.Grant grant = context.channel().attr(EgressPages.GRANT).get();
    // Asked again: the token may have been revoked since, before we could be found by it.
    if (grant == null || !tokens.get().stillGrant(grant)) {
      load.fault(EgressFault.BAD_TOKEN);
      context.close();
    } else if (load.beginVolunteer()) {
      TokenCount fresh = load.token(grant.name());
      fresh.begin();
      count = fresh;
    } else {
      load.fault(EgressFault.TOO_MANY_VOLUNTEERS);
      context.close();
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    ByteBuf message = frame.content();
    if (!(frame instanceof BinaryWebSocketFrame)
        || !frame.isFinalFragment()
        || message.readableBytes() <= PathSocket.ID_SIZE) {
      context.close(); // No volunteer of ours: the socket carries nothing else.
      return;
    }
    TokenCount counted = count;
    if (counted == null) {
      return; // There is no room for it, and it is closing.
    }
    counted.up(message.readableBytes());
    int id = message.readInt();
    int type = message.getUnsignedByte(message.readerIndex());
    if (type == PathSocket.OPEN) {
      open(context.channel(), id, counted);
    } else if (type == PathSocket.CLOSE) {
      PathHandle path = paths.remove(id);
      if (path != null) {
        path.closed("the volunteer closed it");
      }
    } else {
      PathHandle path = paths.get(id);
      if (path != null) { // Otherwise just closed: the volunteer does not know yet.
        path.frame(message.retain());
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    paths.values().forEach(path -> path.closed("the volunteer has gone"));
    paths.clear();
    TokenCount counted = count;
    if (counted != null) {
      counted.end();
      load.endVolunteer();
      count = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void open(Channel socket, int id, TokenCount counted) {
    if (paths.containsKey(id)) {
      socket.close(); // An id is used by one path at a time.
    } else if (paths.size() >= maxPaths) {
      load.fault(EgressFault.TOO_MANY_PATHS);
      PathSocket.control(socket, id, PathSocket.CLOSE);
    } else {
      paths.put(
          id,
          sessions.addPath(new SocketLink(socket, id, counted), "path " + Integer.toString(id)));
    }
  }

  /** One path, as the sessions see it. */
  private final class SocketLink implements PathLink {
    private final Channel socket;
    private final int id;
    private final FairQueue.Part part = queue.new Part();
    private final TokenCount counted;

    SocketLink(Channel socket, int id, TokenCount counted) {
      this.socket = socket;
      this.id = id;
      this.counted = counted;
    }

    @Override
    public boolean send(ByteBuf frame) {
      int size = frame.readableBytes();
      if (!part.enter(size)) {
        frame.release();
        return false;
      }
      counted.down(size);
      PathSocket.send(socket, id, frame).addListener(written -> part.leave(size));
      return true;
    }

    @Override
    public int maxFrameBytes() {
      return PathSocket.FRAME_LIMIT;
    }

    @Override
    public int datagramBytes() {
      return PathSocket.FRAME_LIMIT; // TCP cuts as it likes.
    }

    @Override
    public void close() {
      socket.eventLoop().execute(this::closeInLoop);
    }

    private void closeInLoop() {
      if (paths.remove(id) != null && socket.isActive()) {
        PathSocket.control(socket, id, PathSocket.CLOSE);
      }
    }
  }
}
