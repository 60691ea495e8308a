// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.webrtc.sctp.SctpAssociation;

/** The channels of one association: how they open (RFC 8832) and close (RFC 8831 §6.7). */
final class DataChannels {
  /** Nobody needs so many; each costs us memory. */
  static final int MOST_CHANNELS = 64;

  private final SctpAssociation association;
  private final int maxMessageBytes;
  private final Consumer<DataChannel> opened;
  private final Map<Integer, SctpDataChannel> byStream = new HashMap<>();
  private int nextStream;

  /**
   * @param dtlsClient whether we sent the first DTLS message: that side numbers its channels even,
   *     the other odd (RFC 8832 §6)
   */
  DataChannels(
      SctpAssociation association,
      boolean dtlsClient,
      int maxMessageBytes,
      Consumer<DataChannel> opened) {
    this.association = association;
    this.maxMessageBytes = maxMessageBytes;
    this.opened = opened;
    nextStream = dtlsClient ? 0 : 1;
  }

  /** Opens a channel; it can be used at once. */
  void open(ChannelOptions options) {
    int stream = nextStream;
    nextStream += 2;
    SctpDataChannel channel =
        new SctpDataChannel(association, stream, options, maxMessageBytes, true);
    byStream.put(stream, channel);
    tell(stream, new DcepMessage.Open(options));
    opened.accept(channel);
  }

  /** A message on any stream; owned. */
  void message(int stream, int ppid, ByteBuf message) {
    SctpDataChannel channel = byStream.get(stream);
    if (ppid == SctpDataChannel.PPID_DCEP) {
      Bytes bytes = Bytes.of(message.nioBuffer());
      message.release();
      try {
        dcep(stream, DcepCodec.decode(bytes));
      } catch (MalformedBytesException refused) {
        association.reset(stream); // RFC 8832 §6: what we do not understand is closed.
      }
    } else if (channel == null) {
      message.release();
    } else {
      channel.message(ppid, message);
    }
  }

  private void dcep(int stream, DcepMessage message) {
    SctpDataChannel known = byStream.get(stream);
    if (message instanceof DcepMessage.Open open) {
      boolean ofPeer = stream % 2 != nextStream % 2;
      if (known != null || !ofPeer || stream >= association.outStreams()) {
        return; // RFC 8832 §6: not the peer's to open.
      }
      if (byStream.size() >= MOST_CHANNELS) {
        association.reset(stream);
        return;
      }
      SctpDataChannel channel =
          new SctpDataChannel(association, stream, open.options(), maxMessageBytes, false);
      byStream.put(stream, channel);
      tell(stream, new DcepMessage.Ack());
      opened.accept(channel);
    } else if (known != null) {
      known.acked();
    }
  }

  private void tell(int stream, DcepMessage message) {
    ByteBuf bytes = Unpooled.wrappedBuffer(DcepCodec.encode(message).toArray());
    association.send(stream, SctpDataChannel.PPID_DCEP, true, -1, bytes);
  }

  void writable(int stream) {
    SctpDataChannel channel = byStream.get(stream);
    if (channel != null) {
      channel.writable();
    }
  }

  /** RFC 8831 §6.7: the peer ended its direction; we end ours. */
  void peerReset(int stream) {
    SctpDataChannel channel = byStream.remove(stream);
    if (channel != null && channel.isOpen()) {
      association.reset(stream);
      channel.closed("the peer closed the channel");
    }
  }

  /** Our direction ended; the stream is free once the peer's has too. */
  void ownReset(int stream) {
    SctpDataChannel channel = byStream.get(stream);
    if (channel != null && !channel.isOpen()) {
      byStream.remove(stream);
    }
  }

  void closed(String why) {
    for (SctpDataChannel channel : new ArrayList<>(byStream.values())) {
      channel.closed(why);
    }
    byStream.clear();
  }
}
