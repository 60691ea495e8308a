// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.lab.Await;

/** What every bus does, whatever it is made of. */
abstract class BusContract {
  private static final Bytes HELLO = Bytes.ofUtf8("hello");
  private static final Bytes MEETING = Bytes.ofUtf8("can you hear me?");

  private final List<Bus> members = new ArrayList<>();

  /** One more member of the one bus of this test. */
  abstract Bus join() throws Exception;

  @AfterEach
  void leaveTheBus() {
    members.forEach(Bus::close);
  }

  @Test
  void everybodyWhoListensHearsButTheSender() throws Exception {
    Listener one = new Listener("news");
    Listener two = new Listener("news");
    Listener elsewhere = new Listener("weather");
    Listener sender = new Listener("news");
    meet(sender, List.of(one, two));
    meet(sender, elsewhere);
    sender.bus.publish("news", HELLO);
    assertThat(one.hears()).isEqualTo(HELLO);
    assertThat(two.hears()).isEqualTo(HELLO);
    one.bus.publish("news", Bytes.ofUtf8("an answer"));
    assertThat(sender.hears()).isEqualTo(Bytes.ofUtf8("an answer"));
    assertThat(two.hears()).isEqualTo(Bytes.ofUtf8("an answer"));
    assertThat(one.heard).isEmpty();
    assertThat(elsewhere.heard).isEmpty();
  }

  @Test
  void theOrderIsKeptAndNothingComesTwice() throws Exception {
    Listener listener = new Listener("a.b");
    Listener sender = new Listener("x");
    meet(sender, listener);
    for (int i = 0; i < 1000; i++) {
      sender.bus.publish("a.b", Bytes.of(ByteBuffer.allocate(4).putInt(0, i)));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(listener.hears().toBuffer().getInt()).isEqualTo(i);
    }
    assertThat(listener.heard).isEmpty();
  }

  @Test
  void aMessageMayBeLongButNotTooLong() throws Exception {
    Listener listener = new Listener("long");
    Listener sender = new Listener("x");
    meet(sender, listener);
    Bytes longest = Bytes.of(new byte[Bus.SIZE_LIMIT]);
    sender.bus.publish("long", longest);
    assertThat(listener.hears()).isEqualTo(longest);
    assertThatThrownBy(() -> sender.bus.publish("long", longest.plus(HELLO)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoHasLeftHearsAndSaysNothing() throws Exception {
    Listener leaving = new Listener("news");
    Listener staying = new Listener("news");
    Listener sender = new Listener("news");
    meet(sender, List.of(leaving, staying));
    leaving.bus.publish("news", HELLO);
    leaving.bus.close();
    assertThat(staying.hears()).as("what was said before").isEqualTo(HELLO);
    assertThat(sender.hears()).isEqualTo(HELLO);
    leaving.bus.publish("news", HELLO);
    sender.bus.publish("news", Bytes.ofUtf8("more"));
    assertThat(staying.hears()).isEqualTo(Bytes.ofUtf8("more"));
    assertThat(leaving.heard).isEmpty();
  }

  @Test
  void manyMaySpeakAtOnceAndAreHeardOneAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger collisions = new AtomicInteger();
    AtomicInteger count = new AtomicInteger();
    Listener listener = new Listener("busy");
    Listener one = new Listener("x");
    Listener two = new Listener("y");
    meet(one, listener);
    meet(two, listener);
    listener.bus.listen(
        "crowd",
        message -> {
          collisions.addAndGet(inside.getAndIncrement());
          count.incrementAndGet();
          inside.decrementAndGet();
        });
    // Whoever hears of the first has subscribed for all.
    Await.until(
        "it listens",
        () -> {
          one.bus.publish("crowd", HELLO);
          return count.get() > 0;
        });
    one.bus.publish("busy", HELLO);
    listener.hears();
    count.set(0);
    Thread other = new Thread(() -> publish(two.bus));
    other.start();
    publish(one.bus);
    other.join();
    Await.until("all were heard", () -> count.get() == 1000);
    assertThat(collisions).hasValue(0);
  }

  private static void publish(Bus bus) {
    for (int i = 0; i < 500; i++) {
      bus.publish("crowd", HELLO);
    }
  }

  static void meet(Listener sender, List<Listener> all) throws Exception {
    for (Listener each : all) {
      meet(sender, each);
    }
  }

  /** Until what {@code sender} says reaches {@code listener}. */
  static void meet(Listener sender, Listener listener) throws Exception {
    Bytes word = MEETING.plus(Bytes.ofUtf8(" " + System.nanoTime()));
    Await.until(
        "they meet",
        () -> {
          sender.bus.publish(listener.subject, word);
          return listener.met.contains(word);
        });
  }

  /** A member that remembers what it heard. */
  final class Listener {
    final Bus bus;
    final String subject;
    final Queue<Bytes> met = new ConcurrentLinkedQueue<>();
    final BlockingQueue<Bytes> heard = new LinkedBlockingQueue<>();

    Listener(String subject) throws Exception {
      this(join(), subject);
    }

    Listener(Bus bus, String subject) {
      this.bus = bus;
      this.subject = subject;
      members.add(bus);
      bus.listen(
          subject,
          message -> (message.utf8().startsWith(MEETING.utf8()) ? met : heard).add(message));
    }

    Bytes hears() throws InterruptedException {
      Bytes next = heard.poll(30, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return next;
    }
  }
}
