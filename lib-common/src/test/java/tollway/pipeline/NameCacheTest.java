// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NameCacheTest {
  private static final DnsRecord[] NONE = {};

  private final AtomicLong seconds = new AtomicLong();
  private final EventLoop loop = new DefaultEventLoop();
  private final NameCache cache = new NameCache(() -> TimeUnit.SECONDS.toNanos(seconds.get()));

  @AfterEach
  void stop() {
    loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void anAnswerIsBelievedForAsLongAsItAllowsWithinBounds() throws Exception {
    cache.cache("Example.ORG", NONE, address(1), 60, loop);
    assertThat(known("example.org.")).containsExactly(address(1));
    seconds.set(59);
    assertThat(known("example.org")).hasSize(1);
    seconds.set(60);
    assertThat(known("example.org")).isEmpty();
    cache.cache("zero", NONE, address(1), 0, loop);
    assertThat(known("zero")).as("a burst asks once").hasSize(1);
    seconds.addAndGet(NameCache.LEAST_TTL);
    assertThat(known("zero")).isEmpty();
    cache.cache("week", NONE, address(1), 604_800, loop);
    seconds.addAndGet(NameCache.LONGEST_TTL);
    assertThat(known("week")).isEmpty();
  }

  @Test
  void theAddressesOfANameGoTogetherWhenTheFirstExpires() throws Exception {
    cache.cache("two", NONE, address(1), 100, loop);
    cache.cache("two", NONE, address(2), 10, loop);
    cache.cache("two", NONE, address(2), 10, loop);
    assertThat(known("two")).containsExactly(address(1), address(2));
    seconds.set(10);
    assertThat(known("two")).isEmpty();
    cache.cache("two", NONE, address(3), 10, loop);
    assertThat(known("two")).as("nothing of before").containsExactly(address(3));
  }

  @Test
  void aNameThatDoesNotExistMayLater() throws Exception {
    cache.cache("none", NONE, new UnknownHostException("none"), loop);
    assertThat(cache.get("none", NONE))
        .singleElement()
        .extracting(DnsCacheEntry::cause)
        .isNotNull();
    cache.cache("none", NONE, address(1), 60, loop);
    assertThat(known("none")).containsExactly(address(1));
    cache.cache("gone", NONE, new UnknownHostException("gone"), loop);
    seconds.set(NameCache.NEGATIVE_TTL);
    assertThat(cache.get("gone", NONE)).isEmpty();
  }

  @Test
  void whoAsksForEverNewNamesMakesItNoLarger() throws Exception {
    cache.cache("kept", NONE, address(1), 300, loop);
    for (int i = 0; i < 3 * NameCache.MOST_NAMES; i++) {
      cache.cache("x" + i, NONE, address(2), 300, loop);
      if (i % 1000 == 0) {
        assertThat(known("kept")).as("what is asked for stays").hasSize(1);
      }
    }
    assertThat(cache.size()).isEqualTo(NameCache.MOST_NAMES);
    for (int i = 0; i < 1000; i++) {
      cache.cache(
          "many",
          NONE,
          InetAddress.getByAddress(new byte[] {1, 2, (byte) (i >> 8), (byte) i}),
          300,
          loop);
    }
    assertThat(known("many")).hasSizeLessThan(20);
  }

  private List<InetAddress> known(String name) {
    return cache.get(name, NONE).stream().map(DnsCacheEntry::address).toList();
  }

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {9, 9, 9, (byte) last});
  }
}
