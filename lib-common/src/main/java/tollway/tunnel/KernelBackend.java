// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import tollway.exec.HostCommand;

/** Tunnels run by the kernel's own WireGuard, through {@code ip} and {@code wg}. */
final class KernelBackend implements TunnelBackend {
  @Override
  public String label() {
    return "kernel";
  }

  @Override
  public void create(String name) throws IOException {
    HostCommand.run(List.of("ip", "link", "add", "dev", name, "type", "wireguard"));
  }

  @Override
  public void configure(TunnelSpec spec) throws IOException {
    // On standard input: keys never stand in a command line.
    HostCommand.run(
        List.of("wg", "setconf", spec.name(), "/dev/stdin"), WgText.configuration(spec));
  }

  @Override
  public Optional<TunnelStatus> status(String name) throws IOException {
    HostCommand.Result dump = HostCommand.attempt(List.of("wg", "show", name, "dump"), "");
    return dump.exitCode() == 0 ? Optional.of(WgText.parseDump(dump.stdout())) : Optional.empty();
  }

  @Override
  public void remove(String name) throws IOException {
    TunnelDevices.delete(name);
  }
}
