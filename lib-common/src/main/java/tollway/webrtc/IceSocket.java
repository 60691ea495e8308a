// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.stun.StunCodec;

/**
 * One UDP socket of an agent. Sorts what comes in (RFC 7983) and gathers what goes out: datagrams
 * of equal size to one peer leave as one segmented send where the kernel does that (UDP_SEGMENT),
 * else in one sendmmsg. Lives on one loop.
 */
final class IceSocket extends ChannelInboundHandlerAdapter {
  /** Where incoming datagrams go. Buffers are lent for the call. */
  interface Sink {
    void stun(IceSocket socket, InetSocketAddress from, Bytes datagram);

    void datagram(IceSocket socket, InetSocketAddress from, ByteBuf datagram);

    void readDone();

    void writable();
  }

  /** RFC 7983 §7: 0 to 3 is STUN; DTLS, RTP and all that we carry begin at 20. */
  private static final int FIRST_CARRIED = 20;

  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  /** One read takes a whole train of coalesced datagrams (UDP_GRO): the largest IP packet. */
  private static final int READ_BYTES = 1 << 16;

  /** Trains taken before the loop looks at its other sockets. */
  private static final int READS_IN_A_ROW = 16;

  /** UDP_MAX_SEGMENTS of Linux before 6.9, and what fits the 16-bit length of IPv4 with headers. */
  private static final int MOST_SEGMENTS = 64;

  private static final int MOST_BATCH_BYTES = 65_000;

  /** What the kernel does not take waits up to here; then send says no. */
  private static final WriteBufferWaterMark QUEUE = new WriteBufferWaterMark(256 << 10, 1 << 20);

  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int EMSGSIZE = 90;

  private static final Logger log = LoggerFactory.getLogger(IceSocket.class);

  private final Sink sink;
  private @Nullable Channel channel;
  private boolean segments;
  private boolean refused;

  // The datagrams that have not been handed to the channel: all to one address and of one size,
  // except that the last may be shorter. One alone stays in its own buffer.
  private @Nullable InetSocketAddress batchTo;
  private @Nullable ByteBuf single;
  private @Nullable ByteBuf batch;
  private int segmentBytes;
  private int batched;

  private IceSocket(Sink sink) {
    this.sink = sink;
  }

  /** Binds to {@code address} and the first free port of the range; on the loop, later. */
  static void open(
      NettyEventLoop loop,
      InetAddress address,
      PortRange ports,
      Sink sink,
      Consumer<IceSocket> bound,
      Consumer<Throwable> failed) {
    IceSocket socket = new IceSocket(sink);
    ChannelFuture binding =
        bootstrap(loop, address).handler(socket).bind(new InetSocketAddress(address, ports.next()));
    binding.addListener(
        done -> {
          if (done.isSuccess()) {
            socket.bound(binding.channel());
            bound.accept(socket);
          } else if (ports.hasNext()) {
            open(loop, address, ports, sink, bound, failed);
          } else {
            failed.accept(done.cause());
          }
        });
  }

  private static Bootstrap bootstrap(NettyEventLoop loop, InetAddress address) {
    boolean ipv4 = address instanceof Inet4Address;
    return loop.datagramBootstrap(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, QUEUE)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(READS_IN_A_ROW));
  }

  private void bound(Channel open) {
    channel = open;
    if (open instanceof EpollDatagramChannel) {
      segments = EpollDatagramChannel.isSegmentedDatagramPacketSupported();
      open.config().setOption(EpollChannelOption.UDP_GRO, true);
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) open().localAddress();
  }

  boolean isWritable() {
    return open().isWritable();
  }

  /** Sends a message of the agent itself, at once. */
  void sendNow(InetSocketAddress to, Bytes datagram) {
    Channel open = open();
    push();
    open.writeAndFlush(
        new DatagramPacket(Unpooled.wrappedBuffer(datagram.toBuffer()), to), open.voidPromise());
  }

  /** Queues a datagram and owns it; false: dropped, because the queue is full. */
  boolean send(InetSocketAddress to, ByteBuf datagram) {
    int size = datagram.readableBytes();
    if (!open().isWritable()) {
      refused = true;
      datagram.release();
      return false;
    }
    if (!segments) {
      write(new DatagramPacket(datagram, to));
      return true;
    }
    if (batched > 0 && !fits(to, size)) {
      push();
    }
    if (batched == 0) {
      batchTo = to;
      single = datagram;
      segmentBytes = size;
      batched = 1;
      return true;
    }
    append(datagram);
    if (size < segmentBytes) {
      push();
    }
    return true;
  }

  private boolean fits(InetSocketAddress to, int size) {
    return to.equals(batchTo)
        && size <= segmentBytes
        && size > 0
        && batched < MOST_SEGMENTS
        && (batched + 1) * segmentBytes <= MOST_BATCH_BYTES;
  }

  private void append(ByteBuf datagram) {
    ByteBuf train = batch;
    if (train == null) {
      train = open().alloc().directBuffer(MOST_BATCH_BYTES);
      batch = train;
      if (single != null) {
        train.writeBytes(single);
        single.release();
        single = null;
      }
    }
    train.writeBytes(datagram);
    datagram.release();
    batched++;
  }

  /** Hands the batch to the channel. */
  private void push() {
    InetSocketAddress to = batchTo;
    if (batched == 0 || to == null) {
      return;
    }
    ByteBuf alone = single;
    ByteBuf train = batch;
    single = null;
    batch = null;
    batched = 0;
    if (alone != null) {
      write(new DatagramPacket(alone, to));
    } else if (train != null) {
      writeTrain(train, to);
    }
  }

  private void write(DatagramPacket packet) {
    Channel open = open();
    open.write(packet, open.voidPromise());
  }

  private void writeTrain(ByteBuf train, InetSocketAddress to) {
    Channel open = open();
    int segment = segmentBytes;
    open.write(new SegmentedDatagramPacket(train.retain(), segment, to))
        .addListener(
            done -> {
              if (!done.isSuccess() && lacksSegmentation(done.cause())) {
                sendOneByOne(train, segment, to);
              }
              train.release();
            });
  }

  /**
   * EIO: the device has no checksum offload, which the kernel needs to segment. EINVAL, EMSGSIZE: a
   * segment is larger than the path's MTU; alone it is fragmented.
   */
  private static boolean lacksSegmentation(Throwable cause) {
    return cause instanceof Errors.NativeIoException failed
        && (failed.expectedErr() == -EIO
            || failed.expectedErr() == -EINVAL
            || failed.expectedErr() == -EMSGSIZE);
  }

  private void sendOneByOne(ByteBuf train, int segment, InetSocketAddress to) {
    segments = false;
    log.debug("no segmented sends from {}", address());
    while (train.isReadable()) {
      int size = Math.min(segment, train.readableBytes());
      write(new DatagramPacket(train.readRetainedSlice(size), to));
    }
    open().flush();
  }

  /** What is queued leaves now. */
  void flush() {
    push();
    open().flush();
  }

  void close() {
    if (single != null) {
      single.release();
      single = null;
    }
    if (batch != null) {
      batch.release();
      batch = null;
    }
    batched = 0;
    open().close();
  }

  private Channel open() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("the socket is not bound yet");
    }
    return open;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      ByteBuf content = packet.content();
      if (StunCodec.looksLikeStun(content)) {
        sink.stun(this, packet.sender(), Bytes.of(content.nioBuffer()));
      } else if (content.isReadable()
          && content.getUnsignedByte(content.readerIndex()) >= FIRST_CARRIED) {
        sink.datagram(this, packet.sender(), content);
      }
    } finally {
      packet.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    sink.readDone();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (refused && context.channel().isWritable()) {
      refused = false;
      sink.writable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    // An unreachable network, a full buffer: UDP promises nothing, and silence is noticed.
    if (cause instanceof IOException) {
      log.debug("{}: {}", context.channel().localAddress(), cause.toString());
    } else {
      log.error("handling a datagram failed", cause);
    }
  }
}
