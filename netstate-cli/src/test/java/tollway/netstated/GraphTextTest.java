// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jline.terminal.Size;
import org.junit.jupiter.api.Test;
import tollway.netstate.Edge;
import tollway.netstate.GraphView;
import tollway.netstate.Role;

/** How graphs read: as a table, as news, as what stands on a screen. */
final class GraphTextTest {
  private static final GraphView EMPTY = new GraphView(0, List.of(), List.of());
  private static final GraphView.Node ALICE = node("aaaaaaaaaaaa", Role.DESKTOP, "alice");
  private static final GraphView.Node DAVE = node("dddddddddddd", Role.DESKTOP, "dave");
  private static final GraphView.Node BOB = node("bbbbbbbbbbbb", Role.WIDGET, "bob");
  private static final GraphView.Node TWIN = node("tttttttttttt", Role.WIDGET, "bob");
  private static final GraphView.Node EXIT =
      new GraphView.Node("eeeeeeeeeeee", Role.EGRESS, "", Optional.empty(), false);
  private static final GraphView VIEW =
      new GraphView(
          1,
          List.of(ALICE, DAVE, BOB, TWIN, EXIT),
          List.of(
              link(TWIN, ALICE, Edge.State.IDLE, 0, true),
              link(BOB, ALICE, Edge.State.ACTIVE, 1_500_000, true),
              link(EXIT, BOB, Edge.State.ACTIVE, 1_600_000, false)));

  @Test
  void theTableTellsIdleFromActive() {
    assertThat(MapTable.summary(VIEW).plain())
        .isEqualTo("1 of 2 people helped, 2 widgets, 1 exit, 1.6 MB/s");
    assertThat(MapTable.rows(VIEW).stream().map(Row::plain))
        .containsExactly(
            "People cut off",
            "  alice      ==>  bob#bbbbb widget  1.5 MB/s",
            "             -->  bob#ttttt widget  idle",
            "  dave       alone",
            "",
            "Widgets",
            "  bob#bbbbb  ==>  #eeeee ? egress   1.6 MB/s  one end",
            "  bob#ttttt  stands by",
            "",
            "Exits",
            "  #eeeee ?   helps 1, 1.6 MB/s");
    assertThat(MapTable.rows(EMPTY)).isEmpty();
    assertThat(MapTable.summary(EMPTY).plain()).isEqualTo("nothing reported yet");
  }

  @Test
  void newsAreWhoCameAndWhatChanged() {
    assertThat(GraphChanges.between(EMPTY, VIEW))
        .containsExactly(
            "alice (desktop) came",
            "dave (desktop) came",
            "bob#bbbbb (widget) came",
            "bob#ttttt (widget) came",
            "#eeeee (egress, not reporting) came",
            "alice (desktop) --> bob#ttttt (widget) idle",
            "alice (desktop) ==> bob#bbbbb (widget) 1.5 MB/s",
            "bob#bbbbb (widget) ==> #eeeee (egress, not reporting) 1.6 MB/s");
    GraphView later =
        new GraphView(
            2,
            List.of(ALICE, BOB, node(EXIT.id(), Role.EGRESS, "exit")),
            List.of(
                link(BOB, ALICE, Edge.State.IDLE, 0, true),
                link(EXIT, BOB, Edge.State.ACTIVE, 9, true)));
    assertThat(GraphChanges.between(VIEW, later))
        .containsExactly(
            "bob#bbbbb (widget) is now bob (widget)",
            "#eeeee (egress, not reporting) is now exit (egress)",
            "alice (desktop) --> bob (widget) idle",
            "alice (desktop) -x- bob#ttttt (widget) parted",
            "dave (desktop) left",
            "bob#ttttt (widget) left");
    assertThat(GraphChanges.between(VIEW, VIEW)).isEmpty();
  }

  @Test
  void ratesReadAsOnTheMap() {
    assertThat(
            List.of(0L, 999L, 1_000L, 99_949L, 99_950L, 999_499L, 999_500L, 1_000_000_000_000L)
                .stream()
                .map(RateText::of))
        .containsExactly(
            "0 B/s",
            "999 B/s",
            "1.0 kB/s",
            "99.9 kB/s",
            "100 kB/s",
            "999 kB/s",
            "1.0 MB/s",
            "1000 GB/s");
  }

  @Test
  void theScreenShowsThePartScrolledTo() {
    ScreenText screen = new ScreenText("map");
    Size size = Size.of(40, 10); // Five rows of the table's eleven.
    assertThat(lines(screen, "", size))
        .hasSize(10)
        .startsWith("map live", "1 of 2 people helped, 2 widgets, 1 exit,", "", "People cut off")
        .endsWith("", "q quit, arrows and Page keys scroll, rows");
    screen.scroll(Key.UP);
    assertThat(lines(screen, "", size).get(3)).isEqualTo("People cut off");
    screen.scroll(Key.PAGE_DOWN);
    assertThat(lines(screen, "", size).get(3)).isEmpty();
    screen.scroll(Key.END);
    assertThat(lines(screen, "", size).get(7)).startsWith("  #eeeee ?");
    screen.scroll(Key.DOWN);
    assertThat(lines(screen, "", size).get(7)).startsWith("  #eeeee ?");
    screen.scroll(Key.UP);
    assertThat(lines(screen, "", size).get(7)).isEqualTo("Exits");
    screen.scroll(Key.HOME);
    assertThat(lines(screen, "gone", size))
        .startsWith("map LOST: gone; trying again")
        .contains("People cut off");
    assertThat(lines(screen, "", Size.of(40, 50))).hasSize(50).contains("  dave       alone");
  }

  @Test
  void theScreenFitsTheSmallestTerminal() {
    for (int rows : IntStream.rangeClosed(1, 30).toArray()) {
      for (int columns : List.of(1, 2, 7, 200)) {
        ScreenText screen = new ScreenText("map");
        for (Key key : Key.values()) {
          screen.scroll(key);
          assertThat(screen.rows(VIEW, "", Size.of(columns, rows)))
              .hasSize(rows)
              .allSatisfy(
                  row ->
                      assertThat(Row.width(row.render(columns, false)))
                          .isLessThanOrEqualTo(columns));
        }
      }
    }
  }

  private static List<String> lines(ScreenText screen, String trouble, Size size) {
    return screen.rows(VIEW, trouble, size).stream()
        .map(row -> row.render(size.getColumns() + 1, false).stripTrailing())
        .toList();
  }

  private static GraphView.Node node(String id, Role role, String tag) {
    return new GraphView.Node(id, role, tag, Optional.empty(), true);
  }

  private static GraphView.Link link(
      GraphView.Node helper,
      GraphView.Node helped,
      Edge.State state,
      long rate,
      boolean confirmed) {
    return new GraphView.Link(helper.id(), helped.id(), state, rate, confirmed);
  }
}
