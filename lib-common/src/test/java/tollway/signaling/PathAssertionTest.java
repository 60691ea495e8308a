// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/** What a producer's lists of endpoints amount to. */
final class PathAssertionTest {
  private static final NodeId ONE = node(1);
  private static final NodeId OTHER = node(2);
  private static final Endpoint ANY_ON_REQUEST = new Endpoint(Optional.empty(), 1, true);

  @Test
  void whatStandsIsReachedOverExactlySoMany() {
    PathAssertion paths = PathAssertion.connected(List.of(ONE));
    assertThat(paths.way(ONE, 0)).contains(Endpoint.connected(ONE));
    assertThat(paths.way(ONE, 1)).isEmpty();
    assertThat(paths.way(OTHER, 0)).isEmpty();
  }

  @Test
  void whatIsMadeOnRequestMayTakeMore() {
    PathAssertion paths = PathAssertion.NOTHING.andOnRequest(List.of(ONE));
    assertThat(paths.way(ONE, 0)).isEmpty();
    assertThat(paths.way(ONE, 1)).isPresent();
    assertThat(paths.way(ONE, 2)).isPresent();
  }

  @Test
  void aStarIsForEveryEgress() {
    PathAssertion paths = new PathAssertion(List.of(ANY_ON_REQUEST), List.of());
    assertThat(paths.way(ONE, 2)).contains(ANY_ON_REQUEST);
    assertThat(paths.way(OTHER, 1)).contains(ANY_ON_REQUEST);
  }

  @Test
  void whatIsDeniedIsNotReachedThereOrFartherWhateverIsAllowed() {
    Endpoint farOne = new Endpoint(Optional.of(ONE), 2, false);
    PathAssertion near = new PathAssertion(List.of(ANY_ON_REQUEST), List.of(farOne));
    assertThat(near.way(ONE, 1)).isPresent();
    assertThat(near.way(ONE, 2)).isEmpty();
    assertThat(near.way(OTHER, 2)).isPresent();
    Endpoint everything = new Endpoint(Optional.empty(), 0, false);
    PathAssertion none =
        new PathAssertion(List.of(Endpoint.connected(ONE), ANY_ON_REQUEST), List.of(everything));
    for (int distance = 0; distance <= Endpoint.MAX_DISTANCE; distance++) {
      assertThat(none.way(ONE, distance)).isEmpty();
    }
  }

  @Test
  void whatStandsIsPreferredToWhatIsMade() {
    Endpoint standing = new Endpoint(Optional.of(ONE), 2, false);
    PathAssertion paths = new PathAssertion(List.of(ANY_ON_REQUEST, standing), List.of());
    assertThat(paths.way(ONE, 2)).contains(standing);
  }

  @Test
  void orderAndRepetitionMeanNothing() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<Endpoint> some = endpoints(random, 8);
      List<Endpoint> others = new ArrayList<>(some);
      others.addAll(some.subList(0, some.size() / 2));
      Collections.shuffle(others, random);
      assertThat(new PathAssertion(others, List.of()))
          .isEqualTo(new PathAssertion(some, List.of()));
    }
  }

  @Test
  void tooMuchIsRefused() {
    List<Endpoint> half =
        IntStream.range(0, 16).mapToObj(i -> Endpoint.connected(node(i))).toList();
    assertThat(new PathAssertion(half, half).deny()).hasSize(16);
    List<Endpoint> more = new ArrayList<>(half);
    more.add(ANY_ON_REQUEST);
    assertThatThrownBy(() -> new PathAssertion(more, half))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PathAssertion(List.of(), List.of(ANY_ON_REQUEST)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Endpoint(Optional.empty(), 3, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Endpoint(Optional.empty(), -1, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Up to {@code most} of them, at random. */
  static List<Endpoint> endpoints(Random random, int most) {
    return IntStream.rangeClosed(0, random.nextInt(most))
        .mapToObj(
            i ->
                new Endpoint(
                    random.nextInt(4) == 0
                        ? Optional.empty()
                        : Optional.of(node(random.nextInt(4))),
                    random.nextInt(3),
                    random.nextBoolean()))
        .toList();
  }

  private static NodeId node(int name) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) name;
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }
}
