// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who waits, the greatest effort first, and of equal ones who came first. There is room for so
 * many; then whoever comes last in that order has to go.
 */
public final class EffortQueue<T> {
  /** Somebody who waits, or had to go. */
  public record Waiting<T>(T who, int effort, long since) {}

  private record Place<T>(Waiting<T> waiting, long number) implements Comparable<Place<T>> {
    @Override
    public int compareTo(Place<T> other) {
      int order = Integer.compare(other.waiting.effort(), waiting.effort());
      return order == 0 ? Long.compare(number, other.number) : order;
    }
  }

  private final int room;
  private final TreeSet<Place<T>> places = new TreeSet<>();
  private long count;

  public EffortQueue(int room) {
    this.room = room;
  }

  /** Lets {@code who} wait; whoever has to go for it, perhaps itself. */
  public Optional<Waiting<T>> offer(T who, int effort, long now) {
    places.add(new Place<>(new Waiting<>(who, effort, now), count++));
    return places.size() > room
        ? Optional.ofNullable(places.pollLast()).map(Place::waiting)
        : Optional.empty();
  }

  /** The first, who waits no more. */
  public Optional<Waiting<T>> poll() {
    return Optional.ofNullable(places.pollFirst()).map(Place::waiting);
  }

  /** Those who have waited for longer than {@code nanos}, and wait no more. */
  public List<Waiting<T>> pollOlderThan(long nanos, long now) {
    List<Waiting<T>> old = new ArrayList<>();
    places.removeIf(place -> now - place.waiting().since() > nanos && old.add(place.waiting()));
    return old;
  }

  /** The greatest effort of those who wait; 0 for nobody. */
  public int highest() {
    return places.isEmpty() ? 0 : places.first().waiting().effort();
  }

  public int size() {
    return places.size();
  }
}
