// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.shaping.FairShare;
import tollway.shaping.Rate;

/**
 * What a desktop sends and receives over all its paths at most, in bytes of frames. What comes too
 * fast is dropped like anything on a full link; QUIC at the other end slows down to the rate. On
 * the desktop's loop.
 */
final class DesktopShares {
  private final FairShare<ByteBuf> up;
  private final FairShare<ByteBuf> down;
  private final boolean limited;

  /** Empty: no limit. */
  DesktopShares(EventLoop loop, Optional<Rate> rateUp, Optional<Rate> rateDown) {
    up = new FairShare<>(loop);
    down = new FairShare<>(loop);
    limited = rateUp.isPresent() || rateDown.isPresent();
    loop.execute(
        () -> {
          up.limit(rateUp);
          down.limit(rateDown);
        });
  }

  /** Adds a path to a session by {@code add}, and takes part in what passes. */
  PathHandle join(PathLink link, Function<PathLink, PathHandle> add) {
    if (!limited) {
      return add.apply(link);
    }
    Part part = new Part(link);
    part.session = add.apply(part);
    return part;
  }

  private final class Part implements PathLink, PathHandle {
    private final PathLink link;
    private final FairShare<ByteBuf>.Flow toLink;
    private final FairShare<ByteBuf>.Flow toSession;
    private @Nullable PathHandle session;

    Part(PathLink link) {
      this.link = link;
      toLink = up.add(1, Optional.empty(), new To(link::send));
      toSession = down.add(1, Optional.empty(), new To(this::arrive));
    }

    @Override
    public boolean send(ByteBuf frame) {
      return offer(toLink, frame);
    }

    @Override
    public void frame(ByteBuf frame) {
      offer(toSession, frame);
    }

    private boolean offer(FairShare<ByteBuf>.Flow flow, ByteBuf frame) {
      if (flow.offer(frame, frame.readableBytes(), PathSizes.isUrgent(frame))) {
        return true;
      }
      frame.release();
      return false;
    }

    private void arrive(ByteBuf frame) {
      PathHandle handle = session;
      if (handle == null) {
        frame.release();
      } else {
        handle.frame(frame);
      }
    }

    @Override
    public void closed(String why) {
      leave();
      if (session != null) {
        session.closed(why);
      }
    }

    @Override
    public int maxFrameBytes() {
      return link.maxFrameBytes();
    }

    @Override
    public int datagramBytes() {
      return link.datagramBytes();
    }

    @Override
    public void close() {
      leave();
      link.close();
    }

    @Override
    public void giveUp(String why) {
      leave();
      link.giveUp(why);
    }

    private void leave() {
      toLink.remove();
      toSession.remove();
    }
  }

  /** Where frames go when it is their turn. */
  private record To(java.util.function.Consumer<ByteBuf> sink) implements FairShare.Sink<ByteBuf> {
    @Override
    public void send(ByteBuf frame) {
      sink.accept(frame);
    }

    @Override
    public void drop(ByteBuf frame) {
      frame.release();
    }
  }
}
