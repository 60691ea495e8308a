// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tollway.loop.ManualEventLoop;

final class IgdMappingTest {
  private static final RouterPage PAGE = new RouterPage(80, "/d");

  private final ManualEventLoop loop = new ManualEventLoop();
  private final List<InetSocketAddress> told = new ArrayList<>();
  private final FakeRouter router = new FakeRouter();
  private final IgdMapping mapping =
      new IgdMapping(
          loop, new InetSocketAddress("10.0.0.2", 5000), new Random(1), router, told::add);

  /** Answers in the next turn of the loop. */
  private final class FakeRouter implements IgdWire {
    final List<String> asked = new ArrayList<>();
    boolean there = true;
    boolean closed;
    IgdService.Kind kind = IgdService.Kind.IP_1;
    Function<SoapCodec.Action, Optional<SoapAnswer>> adds = action -> Optional.of(done(""));

    @Override
    public void search(Consumer<Optional<RouterPage>> found) {
      asked.add("search");
      later(found, there ? Optional.of(PAGE) : Optional.empty());
    }

    @Override
    public void describe(RouterPage page, Consumer<List<IgdService>> described) {
      later(described, List.of(new IgdService(kind, page)));
    }

    @Override
    public void call(
        IgdService service, SoapCodec.Action action, Consumer<Optional<SoapAnswer>> answered) {
      asked.add(action.name() + " " + action.arguments().replaceAll("\\D+", " ").trim());
      boolean address = action.name().equals("GetExternalIPAddress");
      later(
          answered,
          !there
              ? Optional.empty()
              : address ? Optional.of(done("203.0.113.7")) : adds.apply(action));
    }

    @Override
    public void close() {
      closed = true;
    }

    private <T> void later(Consumer<T> told, T what) {
      loop.execute(
          () -> {
            if (!closed) {
              told.accept(what);
            }
          });
    }
  }

  private static SoapAnswer done(String host) {
    try {
      return new SoapAnswer.Done(
          host.isEmpty()
              ? Optional.empty()
              : Optional.of((Inet4Address) InetAddress.getByName(host)),
          0);
    } catch (UnknownHostException literal) {
      throw new IllegalStateException(literal);
    }
  }

  private static Optional<SoapAnswer> fault(int code) {
    return Optional.of(new SoapAnswer.Fault(code));
  }

  @Test
  void opensRenewsAtHalfTimeAndTakesBack() {
    mapping.start();
    loop.runReady();
    assertThat(told).containsExactly(new InetSocketAddress("203.0.113.7", 5000));
    router.asked.clear();
    loop.advance(Duration.ofSeconds(1799));
    assertThat(router.asked).isEmpty();
    loop.advance(Duration.ofSeconds(1));
    loop.advance(Duration.ofMinutes(30));
    assertThat(router.asked)
        .filteredOn(asked -> asked.startsWith("Add"))
        .containsExactly(
            "AddPortMapping 5000 5000 10 0 0 2 1 3600", "AddPortMapping 5000 5000 10 0 0 2 1 3600");
    mapping.close();
    loop.runReady();
    assertThat(router.asked).endsWith("DeletePortMapping 5000");
    assertThat(router.closed).isTrue();
  }

  @Test
  void waitsHalfASecondForARouterThatFellSilentAtTheEnd() {
    mapping.start();
    loop.runReady();
    router.adds = action -> Optional.empty();
    mapping.close();
    assertThat(router.closed).isFalse();
    loop.advance(Duration.ofMillis(500));
    assertThat(router.closed).isTrue();
    assertThat(loop.timers()).isZero();
  }

  @Test
  void takesBackWhatIsGrantedAfterItsEnd() {
    router.adds =
        action -> {
          mapping.close();
          return Optional.of(done(""));
        };
    mapping.start();
    loop.runReady();
    assertThat(told).isEmpty();
    assertThat(router.asked).endsWith("DeletePortMapping 5000");
    assertThat(router.closed).isTrue();
  }

  @Test
  void searchesAnewForARouterThatFellSilent() {
    mapping.start();
    loop.runReady();
    router.there = false;
    loop.advance(Duration.ofMinutes(30));
    router.asked.clear();
    router.there = true;
    loop.advance(Duration.ofSeconds(30));
    assertThat(router.asked)
        .containsExactly(
            "search", "GetExternalIPAddress ", "AddPortMapping 5000 5000 10 0 0 2 1 3600");
    assertThat(told).hasSize(2);
  }

  @Test
  void goesAlongWithRoutersThatKnowNoLeases() {
    router.adds = action -> action.arguments().contains(">0<") ? Optional.of(done("")) : fault(725);
    mapping.start();
    loop.runReady();
    assertThat(router.asked).endsWith("AddPortMapping 5000 5000 10 0 0 2 1 0");
    assertThat(told).hasSize(1);
  }

  @Test
  void triesOtherPortsThanOneThatIsTakenButNotForEver() {
    router.adds = action -> fault(718);
    mapping.start();
    loop.runReady();
    assertThat(router.asked.stream().filter(asked -> asked.startsWith("Add")).distinct())
        .hasSize(5);
    assertThat(told).isEmpty();
    assertThat(loop.timers()).isZero();
  }

  @Test
  void letsTheRouterChooseThePortWhereItCan() {
    router.kind = IgdService.Kind.IP_2;
    router.adds =
        action ->
            Optional.of(
                new SoapAnswer.Done(
                    Optional.empty(), action.name().equals("AddAnyPortMapping") ? 6000 : 0));
    mapping.start();
    loop.runReady();
    loop.advance(Duration.ofMinutes(30));
    assertThat(told).hasSize(2).containsOnly(new InetSocketAddress("203.0.113.7", 6000));
    assertThat(router.asked)
        .contains("AddAnyPortMapping 5000 5000 10 0 0 2 1 3600")
        .endsWith("AddPortMapping 6000 5000 10 0 0 2 1 3600");
  }
}
