// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.LogOption;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.control.ControlInUseException;
import tollway.control.ControlPathException;
import tollway.exec.Host;
import tollway.exec.PlanHost;
import tollway.files.DirectoryLock;
import tollway.firewall.Firewall;
import tollway.loop.ListenException;
import tollway.loop.StopSignal;
import tollway.store.StoreUnfitException;
import tollway.tunnel.TunnelBackend;
import tollway.tunnel.TunnelBackends;

/** {@code scrooge run}: the daemon. */
@Command(
    name = "run",
    description = "Find neighbours, make a tunnel with each, forward only between tunnels.",
    footer = {
      "",
      "Runs in the foreground until SIGTERM or 'scrooge stop', and then removes what",
      "it made. After a crash the forwarding policy stands, and the next run takes",
      "the tunnels over. Other nftables tables are left alone. Routes over the",
      "tunnels are yours, or your routing daemon's: 'scrooge tunnel list' names the",
      "interfaces, --on-tunnel tells when one is up."
    })
final class RunCommand extends Subcommand {
  private static final long CAP_NET_ADMIN = 1L << 12; // capabilities(7)

  @Mixin private RunOptions options = new RunOptions();
  @Mixin private LogOption log = new LogOption();

  @Option(names = "--json", description = "Say that it is ready as a JSON object on stdout.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    log.begin();
    options.check();
    if (!options.planning()) {
      checkHost(Host.real());
      run(Host.real(), () -> {});
      return ExitCode.DONE;
    }
    checkAddresses();
    try (Scratch scratch = Scratch.make("scrooge-plan-")) {
      options.moveTo(scratch.directory());
      run(new PlanHost(Host.real(), new PlanPrinter(io().out(), json)), scratch);
    }
    return ExitCode.DONE;
  }

  /** {@code last} is done before the process may end. */
  private void run(Host host, Closeable last)
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    RunConfig config = options.toConfig(io().environment());
    TunnelBackend backend = backend(config, host);
    StopSignal stop = new StopSignal();
    ScroogeNode node = start(config, host, backend, stop);
    stop.installed();
    announce(config, backend);
    stop.await();
    node.stop();
    last.close();
    stop.stopped(ExitCode.DONE);
  }

  private void announce(RunConfig config, TunnelBackend backend) {
    if (json) {
      JsonObject ready = new JsonObject();
      ready.addProperty("event", "ready");
      ready.addProperty("publicKey", config.identity().nodeId().base64());
      JsonArray interfaces = new JsonArray();
      config.interfaces().forEach(interfaces::add);
      ready.add("interfaces", interfaces);
      ready.addProperty("backend", backend.label());
      ready.addProperty("control", config.control().toString());
      io().out().println(ready);
    } else {
      io().err()
          .printf(
              "scrooge: %s on %s, tunnels by %s, control socket %s%n",
              config.identity().nodeId(),
              String.join(", ", config.interfaces()),
              backend.label(),
              config.control());
    }
  }

  private static void checkHost(Host host) throws IOException, CommandFailedException {
    if ((effectiveCapabilities() & CAP_NET_ADMIN) == 0) {
      throw unavailable("needs CAP_NET_ADMIN to make tunnels: run it as root");
    }
    checkAddresses();
    if (!Firewall.isInstalled(host)) {
      throw unavailable("'nft' is missing: apt-get install nftables");
    }
  }

  private static void checkAddresses() throws IOException, CommandFailedException {
    Path six = Path.of("/proc/self/net/if_inet6");
    if (!Files.exists(six) || Files.readString(six).isEmpty()) { // The JVM looks once, there.
      throw unavailable("no interface here has an IPv6 address: bring 'lo' up, or enable IPv6");
    }
  }

  private static long effectiveCapabilities() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("CapEff:")) {
        return Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16);
      }
    }
    return 0;
  }

  private static TunnelBackend backend(RunConfig config, Host host)
      throws IOException, CommandFailedException {
    try {
      return TunnelBackends.choose(config.backend(), host);
    } catch (TunnelBackends.MissingException missing) {
      throw unavailable(String.valueOf(missing.getMessage()));
    }
  }

  private static ScroogeNode start(
      RunConfig config, Host host, TunnelBackend backend, StopSignal stop)
      throws IOException, CommandFailedException, InterruptedException {
    try {
      return ScroogeNode.start(config, host, backend, stop::request);
    } catch (ControlPathException unfit) {
      throw new UserErrorException("--control: " + unfit.getMessage());
    } catch (DirectoryLock.TakenException taken) {
      throw new UserErrorException("--state: " + taken.getMessage());
    } catch (ControlInUseException | StoreUnfitException taken) {
      throw new UserErrorException(String.valueOf(taken.getMessage()));
    } catch (ListenException refused) {
      String line = "--metrics: " + refused.getMessage();
      if (refused.denied()) {
        throw unavailable(line);
      }
      throw new UserErrorException(line);
    } catch (BindException taken) {
      throw new UserErrorException(
          "another scrooge runs in this network namespace, or another program has its port: "
              + taken.getMessage());
    } catch (Shares.LackingException lacking) {
      throw unavailable(String.valueOf(lacking.getMessage()));
    } catch (IOException refused) {
      if (String.valueOf(refused.getMessage()).contains("Operation not permitted")) {
        // Root in a container may hold the capability, and yet not over its network.
        throw unavailable("the kernel lets this root change nothing here: " + refused.getMessage());
      }
      throw refused;
    }
  }

  private static CommandFailedException unavailable(String line) {
    return new CommandFailedException(ExitCode.UNAVAILABLE, line);
  }
}
