// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.session.Challenges;

/**
 * Notices that a way leads through its volunteer twice, whatever those say who lie on it: by the
 * question that the egress puts on each path, which nobody can change without spoiling the path. On
 * the loop.
 */
public final class LoopGuard {
  private final Map<Bytes, Watched> asked = new HashMap<>();

  /** {@code way} for one person; {@code looped} hears that it has to be given up. */
  public Onward watch(Onward way, Consumer<String> looped) {
    return new Watched(way, looped);
  }

  /** One path of one person. */
  private final class Watched implements Onward {
    private final Onward way;
    private final Consumer<String> looped;
    private @Nullable Bytes question;

    Watched(Onward way, Consumer<String> looped) {
      this.way = way;
      this.looped = looped;
    }

    @Override
    public boolean isUp() {
      return way.isUp();
    }

    @Override
    public int open(PathListener path) {
      return way.open(new Frames(path));
    }

    @Override
    public boolean send(int path, ByteBuf frame) {
      return way.send(path, frame);
    }

    @Override
    public void closePath(int path) {
      forget();
      way.closePath(path);
    }

    @Override
    public void release() {
      forget();
      way.release();
    }

    @Override
    public int distance() {
      return way.distance();
    }

    @Override
    public Optional<NodeId> volunteer() {
      return way.volunteer();
    }

    private void forget() {
      if (question != null) {
        asked.remove(question, this);
        question = null;
      }
    }

    /** Whether the question is another path's of ours. */
    private boolean isLoop(Bytes now) {
      if (question != null && now.equals(question)) {
        return false; // It is said again until it is answered.
      }
      forget();
      question = now;
      return asked.putIfAbsent(now, this) != null;
    }

    private final class Frames implements PathListener {
      private final PathListener path;

      Frames(PathListener path) {
        this.path = path;
      }

      @Override
      public void frame(ByteBuf frame) {
        if (Challenges.nonce(frame).filter(Watched.this::isLoop).isPresent()) {
          frame.release();
          looped.accept("the way to the egress leads back here");
        } else {
          path.frame(frame);
        }
      }

      @Override
      public void closed() {
        forget();
        path.closed();
      }

      @Override
      public void lost() {
        forget();
        path.lost();
      }
    }
  }
}
