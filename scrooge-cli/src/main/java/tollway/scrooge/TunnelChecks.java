// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tollway.console.Check;
import tollway.exec.Host;

/** Whether this host can run tunnels, and by what. */
record TunnelChecks(Host host, Optional<Sandbox> sandbox, Path tun) {
  private static final String KERNEL = "kernel WireGuard";

  List<Check> all() throws IOException {
    List<Check> checks = new ArrayList<>();
    checks.add(
        host.has("ip")
            ? Check.ok("ip", "there")
            : Check.fail("ip", "missing", "apt-get install iproute2"));
    boolean kernel = kernelWorks();
    boolean userspace = host.has("wireguard-go") && Files.exists(tun);
    checks.add(kernel(kernel, userspace));
    checks.add(wg(kernel, userspace));
    checks.add(userspace(kernel));
    checks.add(device(kernel));
    return checks;
  }

  private boolean kernelWorks() throws IOException {
    return sandbox.isPresent()
        && host.has("ip")
        && sandbox.get().run("", "ip", "link", "add", "tw0", "type", "wireguard").exitCode() == 0;
  }

  private Check kernel(boolean works, boolean userspace) {
    if (works) {
      return Check.ok(KERNEL, "works");
    }
    if (sandbox.isEmpty()) {
      return Check.warn(KERNEL, "cannot be tried", "run 'scrooge doctor' as root");
    }
    String remedy = "modprobe wireguard";
    return userspace
        ? Check.warn(KERNEL, "not there, wireguard-go stands in and is slower", remedy)
        : Check.fail(KERNEL, "not there", remedy + ", or apt-get install wireguard-go");
  }

  private Check wg(boolean kernel, boolean userspace) {
    if (host.has("wg")) {
      return Check.ok("wg", "there");
    }
    String remedy = "apt-get install wireguard-tools";
    if (!kernel) {
      return Check.ok("wg", "not there, and not needed without kernel WireGuard");
    }
    return userspace
        ? Check.warn("wg", "missing: kernel WireGuard is not used", remedy)
        : Check.fail("wg", "missing", remedy);
  }

  private Check userspace(boolean kernel) {
    if (host.has("wireguard-go")) {
      return Check.ok("wireguard-go", "there");
    }
    return kernel || sandbox.isEmpty()
        ? Check.ok("wireguard-go", "not there, and not needed with kernel WireGuard")
        : Check.fail("wireguard-go", "missing", "apt-get install wireguard-go");
  }

  private Check device(boolean kernel) {
    String name = tun.toString();
    if (Files.isReadable(tun) && Files.isWritable(tun)) {
      return Check.ok(name, "may be opened");
    }
    if (kernel) {
      return Check.ok(name, "cannot be opened, and is not needed with kernel WireGuard");
    }
    return Files.exists(tun)
        ? Check.fail(name, "we may not open it", "run scrooge as root, or: chmod 666 " + name)
        : Check.fail(name, "not there", "modprobe tun");
  }
}
