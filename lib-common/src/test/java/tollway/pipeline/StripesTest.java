// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.loop.EventLoop;
import tollway.loop.ManualEventLoop;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.onward.HopLimit;
import tollway.session.PacketCount;
import tollway.session.PathHandle;
import tollway.session.PathSnapshot;
import tollway.session.PathState;
import tollway.webrtc.DataChannel;
import tollway.webrtc.PeerConfig;
import tollway.webrtc.PeerConnection;
import tollway.webrtc.PeerListener;

/** Alice's desktop and what a volunteer, mostly Mallory, says about further associations. */
final class StripesTest {
  private static final NodeId WIDGET = Identity.generate(new SecureRandom()).nodeId();
  private static final PeerConfig LOOPBACK = PeerConfig.defaults().withLoopback(true);

  private final NettyLoops loops = new NettyLoops(2);
  private final NettyEventLoop loop = loops.next();
  private final Alice alice = new Alice(loop);

  @AfterEach
  void close() throws Exception {
    run(() -> alice.stripes.end("the test is over"));
    loops.close();
  }

  @Test
  void whoNeverAnswersIsAskedSoManyTimes() {
    ManualEventLoop manual = new ManualEventLoop();
    Alice desktop = new Alice(manual);
    desktop.stripes.begin();
    desktop.stripes.begin();
    manual.advance(Duration.ofSeconds(2));
    assertThat(desktop.said).containsExactly(new StripeFrame.Wish(Stripes.MOST));
    manual.advance(Duration.ofMinutes(1));
    assertThat(desktop.said).hasSize(10).containsOnly(new StripeFrame.Wish(Stripes.MOST));
  }

  @Test
  void whoIsFastIsNotAsked() {
    ManualEventLoop manual = new ManualEventLoop();
    Alice desktop = new Alice(manual);
    desktop.bytes = 2 << 20;
    desktop.stripes.begin();
    manual.advance(Duration.ofMinutes(1));
    assertThat(desktop.said).isEmpty();
    desktop.hears(new StripeFrame.Holds(3));
    assertThat(desktop.begun).isEmpty();
  }

  @Test
  void itConnectsToWhatItAskedForAndTheSessionHasRoomFor() {
    Alice desktop = new Alice(new ManualEventLoop());
    desktop.hears(new StripeFrame.Holds(3));
    assertThat(desktop.begun).as("not asked").isEmpty();
    desktop.asks();
    desktop.hears(new StripeFrame.Holds(255));
    desktop.hears(new StripeFrame.Holds(255));
    assertThat(desktop.begun)
        .extracting(DesktopPath::label)
        .containsExactly("widget #2", "widget #3", "widget #4");
    assertThat(desktop.stripes.size()).isEqualTo(3);

    for (int room : new int[] {-5, 0, 2}) {
      Alice crowded = new Alice(new ManualEventLoop());
      crowded.room = room;
      crowded.asks();
      crowded.hears(new StripeFrame.Holds(3));
      assertThat(crowded.begun).hasSize(Math.max(0, room));
    }
    Alice modest = new Alice(new ManualEventLoop());
    modest.asks();
    modest.hears(new StripeFrame.Holds(1));
    modest.hears(new StripeFrame.Holds(3));
    assertThat(modest.begun).hasSize(1);
  }

  @Test
  void nonsenseIsIgnored() throws Exception {
    ManualEventLoop manual = new ManualEventLoop();
    Alice desktop = new Alice(manual);
    desktop.asks();
    for (String hex :
        List.of("30", "3003", "31", "310303", "32", "3201", "3300", "33", "34", "ff")) {
      desktop.hears(Bytes.ofHex(hex));
    }
    desktop.hears(Bytes.of(new byte[30_000]));
    assertThat(desktop.begun).isEmpty();
    desktop.hears(new StripeFrame.Holds(2));
    for (int number : new int[] {0, 1, 2, 3, 255}) {
      desktop.hears(new StripeFrame.Answer(number, "v=0")); // Nothing was offered yet.
    }
    manual.advance(Duration.ofMinutes(1));
    assertThat(desktop.stripes.size()).isEqualTo(2);
    assertThat(desktop.begun).hasSize(2);
  }

  @Test
  void nothingIsSaidAfterTheEnd() {
    ManualEventLoop manual = new ManualEventLoop();
    Alice desktop = new Alice(manual);
    desktop.asks();
    desktop.hears(new StripeFrame.Holds(3));
    desktop.stripes.end("the first has ended");
    assertThat(desktop.stripes.size()).isZero();
    int said = desktop.said.size();
    desktop.hears(new StripeFrame.Holds(3));
    desktop.stripes.begin();
    manual.advance(Duration.ofMinutes(1));
    assertThat(desktop.said).hasSize(said);
    assertThat(desktop.begun).hasSize(3);
  }

  @Test
  void associationsOpenAlthoughWordsGetLostAndEndWithTheFirst() throws Exception {
    Volunteer bob = new Volunteer();
    bob.losesTheFirst = true;
    alice.hearer = bob;
    run(alice.stripes::begin);
    Await.until("three channels", () -> alice.opened.size() == 3 && bob.channels.get() == 3);
    assertThat(bob.answers).as("offers that were answered").hasSize(3);
    for (DesktopPath each : alice.opened) {
      run(() -> alice.stripes.attached(each.label()));
      run(() -> alice.stripes.attached(each.label()));
    }
    assertThat(alice.attached).hasValue(3);
    run(() -> alice.stripes.dead(alice.opened.get(0).label(), "the egress closed it"));
    Await.until("one has ended", () -> bob.ended.get() == 1 && alice.closed.get() == 1);
    run(() -> alice.stripes.end("the first has ended"));
    Await.until("all have ended", () -> bob.ended.get() == 3 && alice.closed.get() == 3);
  }

  @Test
  void aForgedAnswerHarmsOnlyItsOwn() throws Exception {
    Volunteer mallory = new Volunteer();
    mallory.forges = 2;
    alice.hearer = mallory;
    run(alice.stripes::begin);
    Await.until("the others", () -> alice.opened.size() == 2 && mallory.channels.get() == 2);
    Await.until("the forged one is given up", () -> call(alice.stripes::size) == 2);
    assertThat(alice.opened).noneMatch(path -> path.label().endsWith("#3"));
  }

  private <T> T call(Supplier<T> act) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> done.complete(act.get()));
    return done.get(30, TimeUnit.SECONDS);
  }

  private void run(Runnable act) throws Exception {
    call(
        () -> {
          act.run();
          return true;
        });
  }

  /** The desktop: what it said, and the paths it began and opened. */
  private final class Alice implements Stripes.Owner {
    final Stripes stripes;
    final List<StripeFrame> said = new CopyOnWriteArrayList<>();
    final List<DesktopPath> begun = new ArrayList<>();
    final List<DesktopPath> opened = new CopyOnWriteArrayList<>();
    final AtomicInteger attached = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    private final EventLoop on;
    private final AtomicInteger seconds = new AtomicInteger();
    int room = 5;

    /** That come in a second in which ten packets are lost. */
    long bytes = 300_000;

    volatile @Nullable Volunteer hearer;

    Alice(EventLoop on) {
      this.on = on;
      stripes = new Stripes(on, WIDGET, "widget", this);
    }

    /** Her path is slow until she wishes for more. */
    void asks() {
      stripes.begin();
      ((ManualEventLoop) on).advance(Duration.ofSeconds(2));
      assertThat(said).isNotEmpty();
    }

    void hears(StripeFrame word) {
      hears(StripeFrameCodec.encode(word));
    }

    void hears(Bytes frame) {
      stripes.heard(Unpooled.wrappedBuffer(frame.toArray()));
    }

    @Override
    public void say(ByteBuf frame) {
      try {
        StripeFrame word = StripeFrameCodec.decode(frame.nioBuffer());
        said.add(word);
        Volunteer listening = hearer;
        if (listening != null) {
          listening.hears(word);
        }
      } catch (MalformedBytesException impossible) {
        throw new IllegalStateException(impossible);
      } finally {
        frame.release();
      }
    }

    @Override
    public Optional<PathSnapshot> first() {
      int second = seconds.incrementAndGet();
      return Optional.of(
          new PathSnapshot(
              "widget",
              PathState.ACTIVE,
              Optional.empty(),
              0,
              second * bytes,
              0,
              PacketCount.NONE,
              new PacketCount(second * 250L, second * 10L)));
    }

    @Override
    public int room() {
      return room;
    }

    @Override
    public void connect(DesktopPath stripe) {
      begun.add(stripe);
      if (on instanceof NettyEventLoop) {
        stripe.connect(loop, LOOPBACK.withChannel(HopLimit.channel(0)));
      }
    }

    @Override
    public PathHandle open(DesktopPath stripe) {
      opened.add(stripe);
      return new PathHandle() {
        @Override
        public void frame(ByteBuf frame) {
          frame.release();
        }

        @Override
        public void closed(String why) {
          closed.incrementAndGet();
        }
      };
    }

    @Override
    public void attached() {
      attached.incrementAndGet();
    }
  }

  /** Does what a browser does. */
  private final class Volunteer {
    final Map<Integer, PeerConnection> answers = new ConcurrentHashMap<>();
    final AtomicInteger channels = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();
    volatile boolean losesTheFirst;
    volatile int forges = -1;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    void hears(StripeFrame word) {
      if (losesTheFirst && seen.add(word instanceof StripeFrame.Offer o ? "" + o.number() : "")) {
        return;
      }
      if (word instanceof StripeFrame.Wish wish) {
        says(new StripeFrame.Holds(wish.most()));
      } else if (word instanceof StripeFrame.Offer offer && offer.number() == forges) {
        says(new StripeFrame.Answer(offer.number(), "v=0\r\nm=audio 9 RTP/AVP 0\r\n"));
      } else if (word instanceof StripeFrame.Offer offer) {
        answers.computeIfAbsent(
            offer.number(),
            number ->
                PeerConnection.answer(loops.next(), LOOPBACK, offer.sdp(), new Answers(number)));
      }
    }

    private void says(StripeFrame word) {
      loop.execute(() -> alice.hears(word));
    }

    private final class Answers implements PeerListener {
      private final int number;
      private String sdp = "";

      Answers(int number) {
        this.number = number;
      }

      @Override
      public void localDescription(String description) {
        sdp = description;
      }

      @Override
      public void localCandidate(String line) {
        if (line.isEmpty()) {
          says(new StripeFrame.Answer(number, sdp));
        } else {
          sdp += "a=" + line + "\r\n";
        }
      }

      @Override
      public void open(DataChannel channel) {
        channels.incrementAndGet();
      }

      @Override
      public void closed(String why) {
        ended.incrementAndGet();
      }
    }
  }
}
