// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tollway.exec.Host;

/** Chooses what runs the tunnels of this host, by trying. */
public final class TunnelBackends {
  private TunnelBackends() {}

  /** What the operator may ask for. */
  public enum Choice {
    AUTO,
    KERNEL,
    USERSPACE,
    /** Nothing is made: its host is told. */
    PLAN
  }

  /** Nothing on this host can run a tunnel; the message says what to install. */
  public static final class MissingException extends IOException {
    private static final long serialVersionUID = 1;

    MissingException(String whatToDo) {
      super(whatToDo);
    }
  }

  /** The kernel's WireGuard where it works, else {@code wireguard-go}. Blocks for milliseconds. */
  public static TunnelBackend choose(Choice choice, Host host) throws IOException {
    if (choice == Choice.PLAN) {
      return new PlanBackend(host);
    }
    if (!host.has("ip")) {
      throw new MissingException("'ip' is missing: apt-get install iproute2");
    }
    if (choice != Choice.USERSPACE && kernelWorks(host)) {
      if (host.has("wg")) {
        return new KernelBackend(host);
      }
      if (choice == Choice.KERNEL) {
        throw new MissingException("'wg' is missing: apt-get install wireguard-tools");
      }
    }
    if (choice == Choice.KERNEL) {
      throw new MissingException(
          "this kernel has no WireGuard: load the module, or use --backend wireguard-go");
    }
    if (!host.has(UserspaceBackend.PROGRAM)) {
      throw new MissingException(
          "this host has no usable WireGuard: apt-get install wireguard-go (or wireguard-tools,"
              + " where the kernel has the module)");
    }
    if (!Files.exists(Path.of("/dev/net/tun"))) {
      throw new MissingException("/dev/net/tun is missing: modprobe tun");
    }
    return new UserspaceBackend(host);
  }

  private static boolean kernelWorks(Host host) throws IOException {
    String probe = "twp" + ProcessHandle.current().pid() % 1_000_000;
    List<String> add = List.of("ip", "link", "add", "dev", probe, "type", "wireguard");
    if (host.attempt(add, "").exitCode() != 0) {
      return false;
    }
    new TunnelDevices(host).delete(probe);
    return true;
  }
}
