// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tollway.exec.Host;

/**
 * Makes the tunnels of one node so and keeps them so. Every call blocks: make it on an {@code os}
 * loop. An interface lives as long as its neighbour is known: a new tunnel takes over the interface
 * of the one before, whose keys and sessions end first, so that routes over it survive.
 */
public final class Tunnels {
  private final TunnelBackend backend;
  private final TunnelDevices devices;
  private final String aliasPrefix;

  /** The interfaces that are known to be ours while something answers on them. */
  private final Set<String> own = new HashSet<>();

  /** {@code aliasPrefix} marks the interfaces that are this node's own. */
  public Tunnels(TunnelBackend backend, Host host, String aliasPrefix) {
    this.backend = backend;
    devices = new TunnelDevices(host);
    this.aliasPrefix = aliasPrefix;
  }

  /** An interface that an earlier run left, with what runs on it, when something does. */
  public record Leftover(String name, String alias, Optional<TunnelStatus> status) {}

  /** This node's interfaces on this host. */
  public List<Leftover> leftovers() throws IOException {
    List<Leftover> found = new ArrayList<>();
    for (TunnelDevices.Found device : devices.list()) {
      if (device.alias().startsWith(aliasPrefix)) {
        own.add(device.name());
        found.add(new Leftover(device.name(), device.alias(), backend.status(device.name())));
      }
    }
    return found;
  }

  /** Makes {@code spec} true, whatever was there; true when the interface had to be made. */
  public boolean raise(TunnelSpec spec) throws IOException {
    Optional<TunnelStatus> running = backend.status(spec.name());
    boolean known = running.isPresent() && own.contains(spec.name());
    if (!known && devices.isForeign(spec.name(), aliasPrefix)) {
      throw new IOException(
          "the interface " + spec.name() + " is not ours: rename or delete it, we need the name");
    }
    own.add(spec.name());
    try {
      if (running.isEmpty()) {
        backend.remove(spec.name());
        backend.create(spec.name());
      }
      if (running.isEmpty() || !running.get().fits(spec)) {
        backend.configure(spec);
      }
      if (running.isEmpty()) {
        devices.setUp(spec.device());
      }
      return running.isEmpty();
    } catch (IOException half) {
      removeAfter(half, spec.name());
      throw half;
    }
  }

  public Optional<TunnelStatus> status(String name) throws IOException {
    return backend.status(name);
  }

  /** Repairs addresses, size and state of those interfaces of {@code wanted} that lost them. */
  public void repair(List<TunnelDevice> wanted) throws IOException {
    List<TunnelDevices.Found> found = devices.list();
    for (TunnelDevice device : wanted) {
      for (TunnelDevices.Found actual : found) {
        if (actual.name().equals(device.name()) && !actual.fits(device)) {
          devices.setUp(device);
        }
      }
    }
  }

  /** Ends the tunnel and its interface, unless somebody else has an interface of that name. */
  public void remove(String name) throws IOException {
    own.remove(name);
    if (!devices.isForeign(name, aliasPrefix)) {
      backend.remove(name);
    }
  }

  /** Half a tunnel is none. */
  private void removeAfter(IOException cause, String name) {
    try {
      backend.remove(name);
    } catch (IOException second) {
      cause.addSuppressed(second);
    }
  }
}
