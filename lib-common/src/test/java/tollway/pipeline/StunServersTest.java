// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.loop.ThreadEventLoop;

final class StunServersTest {
  private static final InetSocketAddress LITERAL = new InetSocketAddress("192.0.2.1", 3478);
  private static final InetSocketAddress GOOD = new InetSocketAddress("192.0.2.2", 3478);
  private static final InetSocketAddress HELD =
      InetSocketAddress.createUnresolved("held.example", 3478);

  private final ThreadEventLoop loop = new ThreadEventLoop("stun-test");
  private final CountDownLatch held = new CountDownLatch(1);
  private final LinkedBlockingQueue<List<InetSocketAddress>> told = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    held.countDown();
    loop.close();
  }

  @Test
  void aNameThatNobodyAnswersHoldsUpNoOther() throws Exception {
    Stream<String> texts =
        Stream.of("held.example:3478", "192.0.2.1:3478", "good.example:3478", "nonsense", "no:0x");
    loop.execute(() -> StunServers.resolve(loop, texts, this::lookUp, told::add));

    // Usable at once: an agent looks names up itself.
    assertThat(next())
        .containsExactly(HELD, LITERAL, InetSocketAddress.createUnresolved("good.example", 3478));
    assertThat(next()).containsExactly(HELD, LITERAL, GOOD);
    held.countDown();
    assertThat(next()).containsExactly(LITERAL, GOOD);
  }

  private List<InetSocketAddress> next() throws InterruptedException {
    List<InetSocketAddress> next = told.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private InetAddress lookUp(String name) throws UnknownHostException {
    if (name.equals("good.example")) {
      return GOOD.getAddress();
    }
    try {
      held.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    throw new UnknownHostException(name);
  }
}
