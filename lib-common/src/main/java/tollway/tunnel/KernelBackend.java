// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/** Tunnels run by the kernel's own WireGuard, through {@code ip} and {@code wg}. */
final class KernelBackend implements TunnelBackend {
  private final Host host;

  KernelBackend(Host host) {
    this.host = host;
  }

  @Override
  public String label() {
    return "kernel";
  }

  @Override
  public void create(String name) throws IOException {
    host.run(List.of("ip", "link", "add", "dev", name, "type", "wireguard"));
  }

  @Override
  public void configure(TunnelSpec spec) throws IOException {
    // On standard input: keys never stand in a command line.
    host.run(List.of("wg", "setconf", spec.name(), "/dev/stdin"), WgText.configuration(spec));
  }

  @Override
  public Optional<TunnelStatus> status(String name) throws IOException {
    HostCommand.Result dump = host.attempt(List.of("wg", "show", name, "dump"), "");
    return dump.exitCode() == 0 ? Optional.of(WgText.parseDump(dump.stdout())) : Optional.empty();
  }

  @Override
  public void remove(String name) throws IOException {
    new TunnelDevices(host).delete(name);
  }
}
