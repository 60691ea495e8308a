// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.console.Check;
import tollway.exec.Host;
import tollway.loop.NettyLoops;

/** {@code freddie doctor}: whether a freddie can run here, or runs well there. */
@Command(
    name = "doctor",
    sortOptions = false,
    description =
        "Look whether this host has what 'freddie serve' needs, with the options that it will be"
            + " given; or, with URL, whether the freddie there serves clients as they reach it.",
    footer = {
      "",
      "Takes 20 s at most. Where a freddie runs at --listen already, it is asked as well.",
      "Exit code 0: all is well, or could be better (warn); 1: something is broken (FAIL), and 'freddie"
          + " serve' may not start; 2: an option is wrong, as 'freddie serve' would say."
    })
final class DoctorCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description = "As clients have it: what stands before the freddie is looked at, too.")
  private @Nullable String url;

  @Mixin private ServeOptions options = new ServeOptions();
  @Mixin private AuthorityOption authority = new AuthorityOption();

  @Option(names = "--json", description = "Print one JSON object instead.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    options.log().begin();
    options.check();
    List<Check> checks = new ArrayList<>();
    try (NettyLoops loops = new NettyLoops(1)) {
      if (url == null) {
        checks.addAll(ofHost(loops));
      } else {
        checks.addAll(new ServiceChecks(loops.next(), address(url), authority.authorities()).all());
      }
    }
    boolean fine = Check.report(checks, json, io().out());
    return fine ? ExitCode.DONE : ExitCode.FAILED;
  }

  private List<Check> ofHost(NettyLoops loops) throws IOException, InterruptedException {
    StunOptions stun = options.stun();
    List<FreddieConfig.StunAddress> stunAddresses = stun.addresses();
    HostChecks host =
        new HostChecks(Host.real(), options.address(), options.tls(), options.maxClients());
    StunChecks sockets = new StunChecks(loops.next(), stunAddresses, stun.alternate());
    List<Check> checks = new ArrayList<>(host.all());
    checks.add(options.list().check(Instant.now()));
    checks.add(options.bus().check());
    checks.addAll(sockets.all());
    if (host.runsAt().isPresent()) {
      checks.addAll(
          new ServiceChecks(loops.next(), host.runsAt().get(), authority.authorities()).all());
    }
    return checks;
  }

  private static URI address(String text) {
    MetricsReader.of(text); // Which knows what an address is.
    return URI.create(text);
  }
}
