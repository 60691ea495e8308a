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
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.SessionServer;

/** The egress's end of one volunteer's WebSocket: hands each path's frames to the sessions. */
final class VolunteerSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final SessionServer sessions;
  private final EgressLoad load;
  private final int maxPaths;
  private final IntObjectMap<PathHandle> paths = new IntObjectHashMap<>();
  private boolean counted;

  VolunteerSocket(SessionServer sessions, EgressLoad load, int maxPaths) {
    this.sessions = sessions;
    this.load = load;
    this.maxPaths = maxPaths;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof HandshakeComplete) {
      counted = load.beginVolunteer();
      if (!counted) {
        context.close();
      }
    } else if (event instanceof IdleStateEvent idle) {
      if (idle.state() == IdleState.READER_IDLE) {
        context.close();
      } else {
        context.writeAndFlush(new PingWebSocketFrame());
      }
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
    int id = message.readInt();
    int type = message.getUnsignedByte(message.readerIndex());
    if (type == PathSocket.OPEN) {
      open(context.channel(), id);
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
    if (counted) {
      load.endVolunteer();
      counted = false;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void open(Channel socket, int id) {
    if (paths.containsKey(id)) {
      socket.close(); // An id is used by one path at a time.
    } else if (paths.size() >= maxPaths) {
      PathSocket.control(socket, id, PathSocket.CLOSE);
    } else {
      paths.put(id, sessions.addPath(new SocketLink(socket, id), "path " + Integer.toString(id)));
    }
  }

  /** One path, as the sessions see it. */
  private final class SocketLink implements PathLink {
    private final Channel socket;
    private final int id;

    SocketLink(Channel socket, int id) {
      this.socket = socket;
      this.id = id;
    }

    @Override
    public boolean send(ByteBuf frame) {
      return PathSocket.send(socket, id, frame);
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
