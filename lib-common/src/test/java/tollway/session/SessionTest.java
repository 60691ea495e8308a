// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;

/** What a session promises, over paths that come, go, lose and lie about who they are. */
class SessionTest extends SessionLab {
  @Test
  void echoesThroughOnePath() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "one");
    desktop.ready.get(30, TimeUnit.SECONDS);
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  @Test
  void downloadSurvivesTheDeathOfTheActivePath() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    MemoryPath first = desktop.path(egress, "first");
    desktop.ready.get(30, TimeUnit.SECONDS);
    desktop.path(egress, "second");
    desktop.await("second", PathState.STANDBY);
    Download download = desktop.download(BULK);
    download.reached(BULK / 3).get(60, TimeUnit.SECONDS);
    first.cutSilently();
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
    desktop.await("second", PathState.ACTIVE);
  }

  @Test
  void egressMovesTheSessionWhenItsEndOfThePathCloses() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    MemoryPath first = desktop.path(egress, "first");
    desktop.ready.get(30, TimeUnit.SECONDS);
    desktop.path(egress, "second");
    desktop.await("second", PathState.STANDBY);
    Download download = desktop.download(BULK);
    download.reached(BULK / 3).get(60, TimeUnit.SECONDS);
    first.closeAtTheEgress();
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
    desktop.await("second", PathState.ACTIVE);
  }

  @Test
  void sessionWaitsWithoutAnyPathAndGoesOn() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    MemoryPath first = desktop.path(egress, "first");
    desktop.ready.get(30, TimeUnit.SECONDS);
    Download download = desktop.download(BULK);
    download.reached(BULK / 4).get(60, TimeUnit.SECONDS);
    first.closeAtBothEnds();
    desktop.await("first", PathState.DEAD);
    desktop.path(egress, "later");
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
  }

  @Test
  void wrongPinFailsClosedAndSaysSo() throws Exception {
    Desktop desktop = new Desktop(Identity.generate(new SecureRandom()).nodeId());
    // The proof names another egress, so already the attachment fails.
    desktop.path(egress, "one");
    desktop.await("one", PathState.DEAD);
    assertThat(desktop.ready).isNotDone();
    assertThat(refusals).containsExactly(PathRefusal.BAD_PROOF);
    // Mallory runs an egress that accepts any proof: the certificate gives her away.
    Identity mallory = Identity.generate(new SecureRandom());
    Desktop victim = new Desktop(EGRESS.nodeId());
    SessionServer hers = server(mallory);
    victim.path(hers, "hers", new ForgingMiddle(mallory.nodeId()));
    assertThat(victim.ended.get(30, TimeUnit.SECONDS).cause())
        .isEqualTo(SessionEnd.Cause.WRONG_PIN);
    assertThat(victim.ready).isNotDone();
  }

  @Test
  void widgetThatReplaysWhatItSawCannotAttach() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    Recorder widget = new Recorder();
    desktop.path(egress, "honest", widget);
    desktop.ready.get(30, TimeUnit.SECONDS);
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");

    // The desktop has gone elsewhere; the ex-widget opens a path of its own and plays back all.
    MalloryPath replay = new MalloryPath(egress);
    for (Bytes frame : widget.fromDesktop) {
      replay.say(frame);
    }
    assertThat(replay.closed.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(replay.heard).allMatch(frame -> frame.at(0) == 0x10 || frame.at(0) == 0x13);
    assertThat(desktop.ask("echo again").get(30, TimeUnit.SECONDS)).isEqualTo("again");
  }

  @Test
  void widgetThatAttachesWithAKeyOfItsOwnGainsNothing() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "hers", new ForgingMiddle(EGRESS.nodeId()));
    assertThat(desktop.ended.get(30, TimeUnit.SECONDS).cause()).isEqualTo(SessionEnd.Cause.LOST);
    assertThat(desktop.ready).isNotDone();
  }

  @Test
  void pathThatProvesNothingHearsNothingOfASession() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "honest");
    desktop.ready.get(30, TimeUnit.SECONDS);
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      MalloryPath noise = new MalloryPath(egress);
      byte[] garbage = new byte[1 + random.nextInt(150)];
      random.nextBytes(garbage);
      noise.say(Bytes.of(garbage));
      assertThat(noise.closed.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(noise.heard).allMatch(frame -> frame.at(0) == 0x10 || frame.at(0) == 0x13);
    }
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  @Test
  void lossyReorderingPathOnlySlowsTheDownload() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "bad", new Vandal(3));
    desktop.ready.get(60, TimeUnit.SECONDS);
    Download download = desktop.download(2_000_000);
    assertThat(download.sha256().get(80, TimeUnit.SECONDS)).isEqualTo(sha256(bulk(2_000_000)));
  }

  @Test
  void wordsLostWhileAttachingAreSaidAgain() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    Random random = new Random(11);
    desktop.path(
        egress,
        "bad",
        (frame, fromDesktop, path) ->
            frame.getByte(frame.readerIndex()) == PathFrameCodec.DATA || random.nextInt(3) != 0);
    desktop.ready.get(60, TimeUnit.SECONDS);
    assertThat(desktop.ask("echo hello").get(30, TimeUnit.SECONDS)).isEqualTo("hello");
  }

  @Test
  void aBondedSessionUsesEveryPathAndLosesNothingWithOne() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId(), true);
    Counter first = new Counter();
    Counter second = new Counter();
    desktop.path(egress, "first", first);
    MemoryPath dying = desktop.path(egress, "second", second);
    desktop.ready.get(30, TimeUnit.SECONDS);
    desktop.await("first", PathState.ACTIVE);
    desktop.await("second", PathState.ACTIVE);
    Download download = desktop.download(BULK);
    download.reached(BULK / 2).get(60, TimeUnit.SECONDS);
    dying.cutSilently();
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
    assertThat(first.toDesktop.get()).isGreaterThan(BULK / 1000);
    assertThat(second.toDesktop.get()).isGreaterThan(BULK / 1000);
  }

  @Test
  void aSessionIsBondedWhileItRuns() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    Counter first = new Counter();
    Counter second = new Counter();
    desktop.path(egress, "first", first);
    desktop.ready.get(30, TimeUnit.SECONDS);
    MemoryPath other = desktop.path(egress, "second", second);
    desktop.await("second", PathState.STANDBY);
    Download download = desktop.download(BULK);
    download.reached(BULK / 4).get(60, TimeUnit.SECONDS);
    assertThat(second.toDesktop).as("stands by").hasValue(0);
    desktop.bond();
    desktop.await("second", PathState.ACTIVE);
    MemoryPath third = desktop.path(egress, "third");
    desktop.await("third", PathState.ACTIVE);
    assertThat(download.sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
    assertThat(second.toDesktop.get()).isGreaterThan(BULK / 1000);
    other.closeAtBothEnds();
    third.cutSilently();
    assertThat(desktop.download(BULK).sha256().get(60, TimeUnit.SECONDS)).isEqualTo(bulkSha256());
  }

  @Test
  void halfCloseReachesTheOtherEnd() throws Exception {
    Desktop desktop = new Desktop(EGRESS.nodeId());
    desktop.path(egress, "one");
    desktop.ready.get(30, TimeUnit.SECONDS);
    // "count" answers only after our half has been closed.
    assertThat(desktop.ask("count 12345678").get(30, TimeUnit.SECONDS)).isEqualTo("14");
  }
}
