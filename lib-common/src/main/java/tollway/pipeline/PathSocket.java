// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;

/**
 * The WebSocket between a volunteer and an egress, which carries many paths. A binary message is
 * {@code u32 path id ‖ path frame}; besides the frames of a session there are two of the socket's
 * own: the volunteer opens a path, either end closes it.
 */
final class PathSocket {
  static final String URL_PATH = "/v1/paths";

  /**
   * What browsers ask for: they can send no header but Sec-WebSocket-Protocol, and so a token in
   * that.
   */
  static final String SUBPROTOCOL = "tollway-paths";

  /**
   * And behind it the token, in base64url without padding, since not every letter may stand there.
   */
  static final String TOKEN_PROTOCOL = "token.";

  /** Frame types of the socket itself; those of sessions are below. */
  static final int OPEN = 0x20;

  static final int CLOSE = 0x21;

  static final int ID_SIZE = 4;

  /** The longest path frame, in bytes. */
  static final int FRAME_LIMIT = 32 << 10;

  static final int MESSAGE_LIMIT = ID_SIZE + FRAME_LIMIT;

  /**
   * What may wait for a slow peer, in bytes, before frames are dropped instead: QUIC above takes
   * that as the sign to slow down, and a long queue as a long round trip.
   */
  static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(512 << 10, 1 << 20);

  /** Either end pings when it has heard nothing for this long. */
  static final int PING_SECONDS = 15;

  /** A peer that says nothing, not even a pong, is gone after this. */
  static final int SILENCE_SECONDS = 40;

  private PathSocket() {}

  /** Sends one frame, whose reference it takes; false when it was dropped. Any thread. */
  static boolean offer(Channel socket, int path, ByteBuf frame) {
    if (!socket.isWritable()) {
      frame.release();
      return false;
    }
    socket.writeAndFlush(message(socket, path, frame), socket.voidPromise());
    return true;
  }

  /** Sends one frame, whose reference it takes, however full the queue is. Any thread. */
  static ChannelFuture send(Channel socket, int path, ByteBuf frame) {
    return socket.writeAndFlush(message(socket, path, frame));
  }

  private static BinaryWebSocketFrame message(Channel socket, int path, ByteBuf frame) {
    ByteBufAllocator allocator = socket.alloc();
    ByteBuf id = allocator.buffer(ID_SIZE).writeInt(path);
    CompositeByteBuf message = allocator.compositeBuffer(2).addComponents(true, id, frame);
    return new BinaryWebSocketFrame(message);
  }

  /** Sends one of the socket's own frames, however full the queue is. Any thread. */
  static void control(Channel socket, int path, int type) {
    ByteBuf message = Unpooled.buffer(ID_SIZE + 1).writeInt(path).writeByte(type);
    socket.writeAndFlush(new BinaryWebSocketFrame(message), socket.voidPromise());
  }
}
