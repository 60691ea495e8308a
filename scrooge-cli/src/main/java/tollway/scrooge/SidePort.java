// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import tollway.bytes.Bytes;
import tollway.link.LinkConfig;
import tollway.link.LinkDatagram;
import tollway.link.LinkInterface;
import tollway.link.LinkListener;
import tollway.link.LinkSocket;
import tollway.loop.EventLoop;
import tollway.neighbor.Neighborhood;
import tollway.wire.Endpoint;

/**
 * UDP port 8482 of all links: whatever a program of 2017, which ends at a word it does not know,
 * must never hear. Always open; each part takes the messages it knows. Owned by its loop.
 */
final class SidePort implements Closeable {
  static final int PORT = Neighborhood.SIDE_PORT;

  /** The longest datagram that is looked at, in bytes. */
  static final int SIZE_LIMIT = 1024;

  private final EventLoop loop;
  private final NodeLinks links;
  private final SideMessages messages;
  private final LinkSocket socket;

  private SidePort(
      EventLoop loop,
      List<String> patterns,
      NodeLinks links,
      SideMessages.Acquaintance acquaintance)
      throws IOException {
    this.loop = loop;
    this.links = links;
    messages = new SideMessages(acquaintance);
    LinkConfig config = new LinkConfig(patterns, PORT, PORT, SIZE_LIMIT);
    socket = LinkSocket.open(loop, config, new Events());
  }

  static SidePort open(
      EventLoop loop,
      List<String> patterns,
      NodeLinks links,
      SideMessages.Acquaintance acquaintance)
      throws IOException {
    return new SidePort(loop, patterns, links, acquaintance);
  }

  /** {@code handler} gets, within a budget, every datagram that begins with this word. */
  void on(String type, SideMessages.Handler handler) {
    messages.on(type, handler, loop.nanoTime());
  }

  /**
   * {@code handler} gets every datagram that begins with this word, and has a budget of its own.
   */
  void onEvery(String type, SideMessages.Handler handler) {
    messages.onEvery(type, handler);
  }

  /** To the neighbour at this link-local address, where its hello came from. */
  void send(String link, Bytes linkLocal, Bytes datagram) {
    send(link, new Endpoint(linkLocal, "", PORT), datagram);
  }

  void send(String link, Endpoint to, Bytes datagram) {
    links.find(link).ifPresent(on -> socket.send(datagram, to.toSocketAddress(on.index())));
  }

  void multicast(String link, Bytes datagram) {
    links.find(link).ifPresent(on -> socket.multicast(on, datagram));
  }

  SideMessages messages() {
    return messages;
  }

  @Override
  public void close() {
    socket.close();
  }

  /** The links are followed by {@link NodeLinks}; here only what comes in on them counts. */
  private final class Events implements LinkListener {
    @Override
    public void datagram(LinkDatagram datagram) {
      if (links.all().contains(datagram.on())) {
        messages.received(datagram, loop.nanoTime());
      }
    }

    @Override
    public void up(LinkInterface on) {}

    @Override
    public void down(LinkInterface on) {}
  }
}
