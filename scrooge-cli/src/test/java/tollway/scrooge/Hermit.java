// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.loop.EventLoop;
import tollway.neighbor.NeighborEffect;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.neighbor.NeighborhoodConfig;
import tollway.neighbor.Surroundings;
import tollway.wire.Endpoint;

/** A node without links, for what is decided without any. */
final class Hermit {
  private Hermit() {}

  /** Always the same one for the same number. */
  static Identity identity(int number) {
    return Identity.ofSeed(Bytes.of(new byte[31]).plus(Bytes.of((byte) number)));
  }

  static Neighborhood neighborhood(EventLoop loop, Identity identity) {
    return new Neighborhood(
        loop,
        identity,
        NeighborhoodConfig.DEFAULT,
        new AtomicLong()::incrementAndGet,
        new Random(1),
        new Nothing());
  }

  /** What is said reaches nobody. */
  private static final class Nothing implements Surroundings {
    @Override
    public void multicast(String link, Bytes datagram) {}

    @Override
    public void send(String link, Endpoint to, Bytes datagram) {}

    @Override
    public void multicastAside(String link, Bytes datagram) {}

    @Override
    public void sendAside(String link, Endpoint to, Bytes datagram) {}

    @Override
    public boolean isOnLink(String link, Bytes address) {
      return false;
    }

    @Override
    public void perform(NeighborId id, NeighborEffect.Tunnel effect) {}
  }
}
