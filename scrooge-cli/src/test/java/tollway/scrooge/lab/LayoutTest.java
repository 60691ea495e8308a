// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LayoutTest {
  private static Layout layout(int nodes, List<List<Integer>> links) {
    return new Layout(new Topology("links", nodes, links, Optional.empty()));
  }

  private static final List<Layout> MANY =
      List.of(
          layout(5, Topology.line(5)),
          layout(6, Topology.ring(6)),
          layout(7, Topology.ring(7)),
          layout(5, Topology.star(5)),
          layout(16, Topology.grid(16, 4)),
          layout(11, Topology.grid(11, 4)),
          layout(12, Topology.hub(12)),
          layout(5, List.of(List.of(1, 2, 3), List.of(3, 4), List.of(4, 5), List.of(2, 5))));

  @Test
  void cablesTheShapes() {
    assertThat(Topology.line(3)).containsExactly(List.of(1, 2), List.of(2, 3));
    assertThat(Topology.ring(3)).containsExactly(List.of(1, 2), List.of(2, 3), List.of(1, 3));
    assertThat(Topology.star(3)).containsExactly(List.of(1, 2), List.of(1, 3));
    assertThat(Topology.grid(4, 2))
        .containsExactly(List.of(1, 2), List.of(1, 3), List.of(2, 4), List.of(3, 4));
    assertThat(Topology.hub(3)).containsExactly(List.of(1, 2, 3));
  }

  @Test
  void aPathIsTheSameInBothDirections() {
    for (Layout layout : MANY) {
      for (int from : layout.nodes()) {
        for (int to : layout.nodes()) {
          List<Integer> back = new ArrayList<>(layout.path(to, from));
          Collections.reverse(back);
          assertThat(layout.path(from, to)).isEqualTo(back).doesNotHaveDuplicates();
        }
      }
    }
  }

  @Test
  void eachNodeReachesEachOtherByOneNeighbour() {
    for (Layout layout : MANY) {
      for (int node : layout.nodes()) {
        List<Integer> reached = new ArrayList<>();
        for (int neighbor : layout.topology().neighbors(node)) {
          reached.addAll(layout.reachedBy(node, neighbor));
        }
        assertThat(reached).doesNotHaveDuplicates().hasSize(layout.nodes().size() - 1);
      }
    }
  }

  @Test
  void noAddressIsGivenTwice() {
    for (Layout layout : MANY) {
      Set<String> given = new HashSet<>();
      for (int node : layout.nodes()) {
        for (Layout.Port port : layout.ports(node)) {
          assertThat(given.add(port.four())).isTrue();
          assertThat(given.add(port.six())).isTrue();
        }
      }
    }
  }

  @Test
  void aLineIsLaidOutLikeThis() {
    assertThat(layout(3, Topology.line(3)).json())
        .hasToString(
            """
            {"nodes":[\
            {"name":"n1","mesh":"10.77.0.1,fd77::1",\
            "ports":[{"device":"eth0","link":1,"four":"10.1.1.1","six":"fd01:0:0:1::1"}],\
            "tunnels":{"n2":[2,3]},\
            "routes":["10.1.2.2/32 via 10.1.1.2","10.1.2.3/32 via 10.1.1.2",\
            "fd01:0:0:2::2/128 via fd01:0:0:1::2","fd01:0:0:2::3/128 via fd01:0:0:1::2"]},\
            {"name":"n2","mesh":"10.77.0.2,fd77::2",\
            "ports":[{"device":"eth0","link":1,"four":"10.1.1.2","six":"fd01:0:0:1::2"},\
            {"device":"eth1","link":2,"four":"10.1.2.2","six":"fd01:0:0:2::2"}],\
            "tunnels":{"n1":[1],"n3":[3]},"routes":[]},\
            {"name":"n3","mesh":"10.77.0.3,fd77::3",\
            "ports":[{"device":"eth0","link":2,"four":"10.1.2.3","six":"fd01:0:0:2::3"}],\
            "tunnels":{"n2":[1,2]},\
            "routes":["10.1.1.1/32 via 10.1.2.2","10.1.1.2/32 via 10.1.2.2",\
            "fd01:0:0:1::1/128 via fd01:0:0:2::2","fd01:0:0:1::2/128 via fd01:0:0:2::2"]}],\
            "switches":[]}""");
  }
}
