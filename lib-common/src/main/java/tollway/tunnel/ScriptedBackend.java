// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tollway.exec.Host;

/**
 * Tells its host all that a backend would do, also what {@code wireguard-go} is told over its
 * socket: for a host that writes down instead of doing.
 */
public final class ScriptedBackend implements TunnelBackend {
  private final Host host;
  private final TunnelBackend real;
  private final boolean userspace;

  /** By {@code wireguard-go} when {@code userspace}, else by the kernel. */
  public ScriptedBackend(Host host, boolean userspace) {
    this.host = host;
    this.userspace = userspace;
    real = userspace ? new UserspaceBackend(host) : new KernelBackend(host);
  }

  @Override
  public String label() {
    return real.label();
  }

  @Override
  public void create(String name) throws IOException {
    real.create(name);
  }

  @Override
  public void configure(TunnelSpec spec) throws IOException {
    if (userspace) {
      String socket = "/var/run/wireguard/" + spec.name() + ".sock";
      host.run(List.of("socat", "-", "UNIX-CONNECT:" + socket), UapiText.set(spec));
    } else {
      real.configure(spec);
    }
  }

  /** Nothing runs. */
  @Override
  public Optional<TunnelStatus> status(String name) {
    return Optional.empty();
  }

  /** The interface only: the real backend would end the process of a tunnel that has its name. */
  @Override
  public void remove(String name) throws IOException {
    new TunnelDevices(host).delete(name);
  }
}
