// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import tollway.webrtc.sctp.SctpAssociation;

/** A data channel on one stream in each direction (RFC 8831 §6). */
final class SctpDataChannel implements DataChannel {
  /** RFC 8831 §8; an empty message is one zero byte with a PPID of its own (§6.6). */
  static final int PPID_DCEP = 50;

  static final int PPID_STRING = 51;
  static final int PPID_BINARY = 53;
  static final int PPID_STRING_EMPTY = 56;
  static final int PPID_BINARY_EMPTY = 57;

  private final SctpAssociation association;
  private final int stream;
  private final ChannelOptions options;
  private final int maxMessageBytes;
  private Listener listener = ByteBuf::release;
  private boolean open = true;

  /** RFC 8832 §6: until the peer knows the channel, messages stay behind the one that opens it. */
  private boolean awaitsAck;

  SctpDataChannel(
      SctpAssociation association,
      int stream,
      ChannelOptions options,
      int maxMessageBytes,
      boolean awaitsAck) {
    this.association = association;
    this.stream = stream;
    this.options = options;
    this.maxMessageBytes = maxMessageBytes;
    this.awaitsAck = awaitsAck;
  }

  @Override
  public ChannelOptions options() {
    return options;
  }

  @Override
  public void listener(Listener replacement) {
    listener = replacement;
  }

  @Override
  public boolean send(ByteBuf message) {
    int size = message.readableBytes();
    if (!open || size > maxMessageBytes) {
      message.release();
      return false;
    }
    int retransmits = options.maxRetransmits().orElse(-1);
    boolean ordered = options.ordered() || awaitsAck;
    if (size == 0) {
      message.release();
      ByteBuf zero = Unpooled.wrappedBuffer(new byte[1]);
      return association.send(stream, PPID_BINARY_EMPTY, ordered, retransmits, zero);
    }
    return association.send(stream, PPID_BINARY, ordered, retransmits, message);
  }

  @Override
  public int bufferedBytes() {
    return association.queuedBytes(stream);
  }

  @Override
  public boolean isWritable() {
    return open && association.hasRoom();
  }

  @Override
  public int maxMessageBytes() {
    return maxMessageBytes;
  }

  @Override
  public int datagramBytes() {
    return Math.min(maxMessageBytes, association.maxChunkPayload());
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      listener = ByteBuf::release;
      association.reset(stream);
    }
  }

  boolean isOpen() {
    return open;
  }

  void acked() {
    awaitsAck = false;
  }

  /** Owns the message. */
  void message(int ppid, ByteBuf message) {
    switch (ppid) {
      case PPID_STRING, PPID_BINARY -> listener.onMessage(message);
      case PPID_STRING_EMPTY, PPID_BINARY_EMPTY -> {
        message.release();
        listener.onMessage(Unpooled.EMPTY_BUFFER);
      }
      default -> message.release();
    }
  }

  void writable() {
    if (open) {
      listener.onWritable();
    }
  }

  void closed(String why) {
    if (open) {
      open = false;
      Listener told = listener;
      listener = ByteBuf::release;
      told.onClosed(why);
    }
  }
}
