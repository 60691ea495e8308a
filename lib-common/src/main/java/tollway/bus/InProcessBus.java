// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tollway.bytes.Bytes;

/** A bus within one process, which is never away: listeners are called by whoever publishes. */
public final class InProcessBus {
  private final List<Member> members = new CopyOnWriteArrayList<>();

  /** One more member. Any thread. */
  public Bus join() {
    Member member = new Member();
    members.add(member);
    return member;
  }

  private final class Member implements Bus {
    private final Map<String, Consumer<Bytes>> listeners = new ConcurrentHashMap<>();

    @Override
    public void listen(String subject, Consumer<Bytes> listener) {
      listeners.put(subject, listener);
    }

    @Override
    public void publish(String subject, Bytes message) {
      Bus.check(message);
      if (members.contains(this)) {
        for (Member each : members) {
          if (each != this) {
            each.hear(subject, message);
          }
        }
      }
    }

    @Override
    public Optional<String> trouble() {
      return Optional.empty();
    }

    @Override
    public void close() {
      members.remove(this);
    }

    /** One at a time, whoever publishes. */
    private synchronized void hear(String subject, Bytes message) {
      Consumer<Bytes> listener = listeners.get(subject);
      if (listener != null && members.contains(this)) {
        listener.accept(message);
      }
    }
  }
}
