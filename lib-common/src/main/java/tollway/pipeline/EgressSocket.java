// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.onward.HopFrames;
import tollway.onward.Onward;
import tollway.worker.RedialPace;
import tollway.worker.Redialer;

/**
 * A volunteer's WebSocket to one egress, kept open so that a match costs no dial; reconnects by
 * itself. Every method and callback is on its loop.
 */
final class EgressSocket implements Onward {
  /** What the socket tells its owner. */
  interface Listener {
    void up();

    /** The connection has ended, and its paths with it, or did not come to be. */
    void down(String why);
  }

  private static final RedialPace PACE =
      new RedialPace(
          Duration.ofMillis(250), Duration.ofSeconds(15), Optional.empty(), Duration.ZERO);

  private final NettyEventLoop loop;
  private final List<URI> urls;
  private final Optional<String> token;
  private final TrustedRoots roots;
  private final Listener listener;
  private final Redialer redialer;
  private final IntObjectMap<PathListener> paths = new IntObjectHashMap<>();
  private @Nullable Channel up;
  private @Nullable SslContext tls;
  private int nextPath;

  EgressSocket(
      NettyEventLoop loop,
      List<URI> urls,
      Optional<String> token,
      TrustedRoots roots,
      Listener listener) {
    this.loop = loop;
    this.urls = urls;
    this.token = token;
    this.roots = roots;
    this.listener = listener;
    redialer = new Redialer(loop, PACE, urls.size(), this::attempt);
  }

  void start() {
    redialer.start();
  }

  @Override
  public boolean isUp() {
    return up != null;
  }

  @Override
  public int open(PathListener path) {
    loop.checkInLoop();
    Channel open = up;
    if (open == null) {
      throw new IllegalStateException("the egress is not connected");
    }
    do {
      nextPath++;
    } while (paths.containsKey(nextPath));
    paths.put(nextPath, path);
    PathSocket.control(open, nextPath, PathSocket.OPEN);
    return nextPath;
  }

  @Override
  public boolean send(int path, ByteBuf frame) {
    Channel open = up;
    // A volunteer passes everything on but the socket's own frames, which are not the peer's to
    // use.
    if (open == null || !isForEgress(frame)) {
      frame.release();
      return false;
    }
    return PathSocket.offer(open, path, frame);
  }

  @Override
  public void closePath(int path) {
    loop.checkInLoop();
    Channel open = up;
    if (paths.remove(path) != null && open != null) {
      PathSocket.control(open, path, PathSocket.CLOSE);
    }
  }

  /** For good; nothing is told of it but to the paths that there still are. */
  void close() {
    redialer.close();
    losePaths();
  }

  private static boolean isForEgress(ByteBuf frame) {
    return frame.readableBytes() <= PathSocket.FRAME_LIMIT && HopFrames.passesOn(frame);
  }

  private EgressConnection attempt(int number, int address) {
    URI url = urls.get(address);
    return new EgressConnection(loop, url, token, this::tls, new Conversation(number, url));
  }

  private SslContext tls() throws SSLException {
    SslContext known = tls;
    if (known == null) {
      known = roots.client();
      tls = known;
    }
    return known;
  }

  private void losePaths() {
    up = null;
    List<PathListener> orphans = List.copyOf(paths.values());
    paths.clear();
    orphans.forEach(PathListener::lost);
  }

  private final class Conversation implements EgressConnection.Owner {
    private final int number;
    private final URI url;

    Conversation(int number, URI url) {
      this.number = number;
      this.url = url;
    }

    @Override
    public void up(Channel channel) {
      redialer.connected(number);
      up = channel;
      listener.up();
    }

    @Override
    public void message(ByteBuf message) {
      int id = message.readInt();
      PathListener path = paths.get(id);
      if (path == null) {
        return; // Just closed: the egress does not know yet.
      }
      if (message.getUnsignedByte(message.readerIndex()) == PathSocket.CLOSE) {
        paths.remove(id);
        path.closed();
      } else if (HopFrames.passesOn(message)) {
        path.frame(message.retain());
      }
    }

    @Override
    public void ended(String why) {
      if (redialer.isConnectedBy(number)) {
        losePaths();
      }
      listener.down(url + ": " + why); // And may close us.
      redialer.ended(number);
    }
  }
}
