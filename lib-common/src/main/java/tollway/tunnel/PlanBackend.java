// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.exec.Host;

/**
 * Makes no tunnel: has its host told what would be done, and behaves as if each neighbour had
 * answered at once. Touched on the {@code os} loop only.
 */
final class PlanBackend implements TunnelBackend {
  private static final Path MODULE = Path.of("/sys/module/wireguard");

  private final Host host;
  private final boolean userspace;
  private final Map<String, TunnelSpec> planned = new HashMap<>();

  PlanBackend(Host host) {
    this(host, !Files.exists(MODULE) && host.has(UserspaceBackend.PROGRAM));
  }

  /** {@code userspace}: as {@code wireguard-go} would do it, not the kernel. */
  PlanBackend(Host host, boolean userspace) {
    this.host = host;
    this.userspace = userspace;
  }

  @Override
  public String label() {
    return "plan";
  }

  @Override
  public void create(String name) throws IOException {
    host.run(
        userspace
            ? List.of(UserspaceBackend.PROGRAM, name)
            : List.of("ip", "link", "add", "dev", name, "type", "wireguard"));
  }

  @Override
  public void configure(TunnelSpec spec) throws IOException {
    host.run(List.of("wg", "setconf", spec.name(), "/dev/stdin"), WgText.plan(spec));
    planned.put(spec.name(), spec);
  }

  @Override
  public Optional<TunnelStatus> status(String name) {
    @Nullable TunnelSpec spec = planned.get(name);
    return spec == null
        ? Optional.empty()
        : Optional.of(
            new TunnelStatus(
                spec.keys(),
                spec.port(),
                spec.peer().map(TunnelPeer::key),
                Optional.empty(),
                Optional.of(Instant.now()),
                0,
                0));
  }

  @Override
  public void remove(String name) throws IOException {
    if (planned.remove(name) != null) {
      host.run(List.of("ip", "link", "delete", "dev", name));
    }
  }
}
