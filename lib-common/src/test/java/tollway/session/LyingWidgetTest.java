// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

/** A volunteer who lies, drops, repeats, floods and keeps what is not hers gains only slowness. */
final class LyingWidgetTest extends SessionLab {
  private static final int FILE = 3_000_000;

  @Test
  void whoAnswersEverythingAndCarriesNothingIsLeft() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    Swallower mallory = new Swallower();
    desktop.path(egress, "mallory", mallory);
    desktop.ready.get(30, TimeUnit.SECONDS);
    desktop.path(egress, "honest");
    desktop.await("honest", PathState.STANDBY);
    Download download = desktop.download(FILE);
    download.reached(FILE / 3).get(30, TimeUnit.SECONDS);
    mallory.swallows = true;
    assertThat(download.sha256().get(30, TimeUnit.SECONDS)).isEqualTo(sha256(bulk(FILE)));
    desktop.await("honest", PathState.ACTIVE);
  }

  @Test
  void whoCarriesNothingAndIsAloneIsGivenUpSoThatAnotherCanBeFound() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    Swallower mallory = new Swallower();
    mallory.swallows = true;
    MemoryPath path = desktop.path(egress, "mallory", mallory);
    desktop.await("mallory", PathState.DEAD);
    assertThat(path.givenUp).isTrue();
    desktop.path(egress, "honest");
    desktop.ready.get(30, TimeUnit.SECONDS);
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  @Test
  void whatIsSaidTwiceIsDoneOnce() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "mallory", new Parrot());
    desktop.ready.get(30, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      assertThat(desktop.ask("echo " + i).get(30, TimeUnit.SECONDS)).isEqualTo("" + i);
    }
    Download download = desktop.download(FILE);
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(sha256(bulk(FILE)));
    assertThat(service.requests.get()).isEqualTo(21);
  }

  @Test
  void whatSomebodyLeftBehindReachesNobodyWhoComesAfter() throws Exception {
    Keeper mallory = new Keeper();
    Desktop first = new Desktop(EGRESS.nodeId());
    MemoryPath slot = first.path(egress, "mallory", mallory);
    first.ready.get(30, TimeUnit.SECONDS);
    assertThat(first.ask("echo of the first").get(30, TimeUnit.SECONDS)).isEqualTo("of the first");
    slot.closeAtBothEnds();
    first.await("mallory", PathState.DEAD);
    long asked = service.requests.get();

    Desktop second = new Desktop(EGRESS.nodeId());
    MemoryPath again = second.path(egress, "mallory");
    second.ready.get(30, TimeUnit.SECONDS);
    // Only data: another word about the attachment would end the path, which is the same to her.
    onLoop(
        () -> {
          mallory.toEgress.forEach(frame -> again.toEgress(copy(frame)));
          mallory.toDesktop.forEach(frame -> again.toDesktop(copy(frame)));
          return true;
        });
    assertThat(second.ask("echo of the second").get(30, TimeUnit.SECONDS))
        .isEqualTo("of the second");
    assertThat(service.requests.get()).isEqualTo(asked + 1);
    assertThat(second.ended).isNotDone();
  }

  @Test
  void aFloodAndForgedWordsOnOnePathDoNotStopTheOther() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "honest");
    desktop.ready.get(30, TimeUnit.SECONDS);
    desktop.path(egress, "mallory", new Flooder());
    desktop.await("mallory", PathState.STANDBY);
    for (int i = 0; i < 3; i++) {
      Download download = desktop.download(FILE);
      assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(sha256(bulk(FILE)));
    }
  }

  @Test
  void forgedWordsOnTheOnlyPathAreOvercome() throws Exception {
    for (int seed = 0; seed < 20; seed++) {
      Desktop desktop = new Desktop(EGRESS.nodeId());
      desktop.path(egress, "mallory", new Forger(seed));
      desktop.ready.get(30, TimeUnit.SECONDS);
      assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
    }
  }

  private static ByteBuf copy(Bytes frame) {
    return Unpooled.wrappedBuffer(frame.toArray());
  }

  private static void say(MemoryPath path, boolean fromDesktop, ByteBuf frame) {
    if (fromDesktop) {
      path.toEgress(frame);
    } else {
      path.toDesktop(frame);
    }
  }

  /** Passes on every question and answer, and no data. */
  private static final class Swallower implements Middle {
    volatile boolean swallows;

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      return !swallows || !DataFrames.isData(frame);
    }
  }

  /** Says everything twice, and old things again and again. */
  private static final class Parrot implements Middle {
    private final Random random = new Random(1);
    private final List<Bytes> toEgress = new ArrayList<>();
    private final List<Bytes> toDesktop = new ArrayList<>();

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      if (DataFrames.isData(frame)) {
        List<Bytes> known = fromDesktop ? toEgress : toDesktop;
        if (known.size() < 200) {
          known.add(Bytes.of(frame.nioBuffer()));
        }
        say(path, fromDesktop, frame.copy());
        say(path, fromDesktop, copy(known.get(random.nextInt(known.size()))));
      }
      return true;
    }
  }

  /** Keeps the data that went through her hands. */
  private static final class Keeper implements Middle {
    final List<Bytes> toEgress = new ArrayList<>();
    final List<Bytes> toDesktop = new ArrayList<>();

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      if (DataFrames.isData(frame)) {
        (fromDesktop ? toEgress : toDesktop).add(Bytes.of(frame.nioBuffer()));
      }
      return true;
    }
  }

  /** Adds a hundred data frames of noise to whatever passes, both ways. */
  private static final class Flooder implements Middle {
    private final Random random = new Random(2);

    @Override
    public boolean passes(ByteBuf passing, boolean fromDesktop, MemoryPath path) {
      for (int i = 0; i < 100; i++) {
        byte[] noise = new byte[1 + random.nextInt(1000)];
        random.nextBytes(noise);
        ByteBuf frame = Unpooled.buffer().writeByte(PathFrameCodec.DATA);
        frame.writeInt(random.nextInt()).writeShort(random.nextInt());
        frame.writeShort(noise.length).writeBytes(noise);
        say(path, i % 2 == 0, frame);
      }
      return true;
    }
  }

  /** Forges reports, answers and choices. */
  private static final class Forger implements Middle {
    private final Random random;

    Forger(long seed) {
      random = new Random(seed);
    }

    @Override
    public boolean passes(ByteBuf frame, boolean fromDesktop, MemoryPath path) {
      if (DataFrames.isData(frame) && random.nextInt(3) == 0) {
        PathFrame forged =
            switch (random.nextInt(3)) {
              case 0 ->
                  new PathFrame.Report(
                      random.nextInt() & 0xffff_ffffL,
                      random.nextInt() & 0xffff_ffffL,
                      random.nextInt() & 0xffff_ffffL,
                      random.nextLong() >>> 1,
                      random.nextInt(1 << 16));
              case 1 -> new PathFrame.Pong(random.nextLong());
              default -> new PathFrame.Select(random.nextLong() >>> 1, random.nextBoolean());
            };
        ByteBuf bytes = Unpooled.wrappedBuffer(PathFrameCodec.encode(forged).toArray());
        say(path, random.nextBoolean(), bytes);
      }
      return true;
    }
  }
}
