// SPDX-License-Identifier: Apache-2.0
package tollway.onward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A path that comes back to its volunteer is noticed by the question that the egress puts on it.
 */
final class LoopGuardTest {
  private final LoopGuard guard = new LoopGuard();

  @Test
  void aQuestionThatIsOnAnotherPathAlreadyComesFromALoop() {
    Way near = new Way();
    Way far = new Way();
    near.open();
    far.open();
    near.says(question(1));
    near.says(question(1)); // Said again until it is answered.
    assertThat(near.heard).isEqualTo(2);
    far.says(question(1));
    assertThat(far.heard).isZero();
    assertThat(far.loops).containsExactly("the way to the egress leads back here");
    assertThat(near.loops).isEmpty();
  }

  @Test
  void otherQuestionsAndOtherFramesPass() {
    Way one = new Way();
    Way other = new Way();
    one.open();
    other.open();
    one.says(question(1));
    other.says(question(2));
    one.says(new byte[] {0x12});
    other.says(new byte[] {0x12});
    byte[] data = question(1);
    data[0] = 0x01;
    other.says(data);
    assertThat(one.heard + other.heard).isEqualTo(5);
    assertThat(one.loops).isEmpty();
    assertThat(other.loops).isEmpty();
  }

  @Test
  void aPathThatHasEndedIsForgotten() {
    for (int end = 0; end < 4; end++) {
      Way gone = new Way();
      gone.open();
      gone.says(question(1));
      gone.ends(end);
    }
    Way fresh = new Way();
    fresh.open();
    fresh.says(question(1));
    assertThat(fresh.loops).isEmpty();
    assertThat(fresh.heard).isEqualTo(1);
  }

  private static byte[] question(int nonce) {
    byte[] frame = new byte[34];
    frame[0] = 0x10;
    frame[32] = (byte) nonce;
    return frame;
  }

  /** What a way onwards says on its one path, and what the guard lets through. */
  private final class Way implements Onward, Onward.PathListener {
    private final List<String> loops = new ArrayList<>();
    private final Onward watched = guard.watch(this, loops::add);
    private final List<PathListener> opened = new ArrayList<>();
    private int heard;

    void open() {
      assertThat(watched.open((PathListener) this)).isEqualTo(7);
    }

    void says(byte[] frame) {
      opened.get(0).frame(Unpooled.wrappedBuffer(frame));
    }

    void ends(int how) {
      switch (how) {
        case 0 -> watched.closePath(7);
        case 1 -> opened.get(0).closed();
        case 2 -> opened.get(0).lost();
        default -> watched.release();
      }
    }

    @Override
    public boolean isUp() {
      return true;
    }

    @Override
    public int open(PathListener path) {
      opened.add(path);
      return 7;
    }

    @Override
    public boolean send(int path, ByteBuf frame) {
      frame.release();
      return true;
    }

    @Override
    public void closePath(int path) {
      assertThat(path).isEqualTo(7);
    }

    @Override
    public void frame(ByteBuf frame) {
      heard++;
      frame.release();
    }

    @Override
    public void closed() {
      // So be it.
    }

    @Override
    public void lost() {
      // So be it.
    }
  }
}
