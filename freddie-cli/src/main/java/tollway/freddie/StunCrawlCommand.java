// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tollway.bytes.MalformedBytesException;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.cli.Subcommand;
import tollway.cli.UserErrorException;
import tollway.crawl.Consensus;
import tollway.crawl.CrawlJournal;
import tollway.crawl.Examination;
import tollway.crawl.ServerList;
import tollway.crawl.Sweep;
import tollway.crawl.ZmapSweep;
import tollway.loop.NettyLoops;

/** {@code freddie stun crawl}. */
@Command(
    name = "crawl",
    sortOptions = false,
    description =
        "Look for STUN servers in ranges of IPv4 addresses, verify each as 'freddie stun check' does,"
            + " and publish the list of the good ones. Meant for cron.",
    footer = {
      "",
      "One small packet goes to each address, evenly paced, in an order that spreads over all"
          + " ranges. Probe only where you may; who asks to be left alone belongs in the file of"
          + " --exclude-file. Killed at any time, the same command goes on where it was.",
      "The list keeps what earlier crawls found in the same ranges, with a history. When too few are"
          + " good it stays as it was.",
      "Exit code 0: the list is new, and usable; 1: fewer than --least are good, a tenth of the"
          + " probes could not be sent, or it could not be done; 2: a wrong option; 3: ZMap or a"
          + " privilege is missing; 4: FILE holds something else than a list."
    })
final class StunCrawlCommand extends Subcommand {
  @Mixin private CrawlTargets targets = new CrawlTargets();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The list: JSON lines, replaced in one step at the end.")
  private Path out = Path.of("");

  @Option(
      names = "--least",
      paramLabel = "N",
      defaultValue = "1",
      description = "Good servers that make the list usable (default: ${DEFAULT-VALUE}).")
  private int least;

  @Mixin private SweepOptions how = new SweepOptions();
  @Mixin private MappedOption mapped = new MappedOption();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "How far it came, while it runs (default: that of --out, with .crawl).")
  private @Nullable Path state;

  @Option(names = "--json", description = "Print the summary as a JSON object.")
  private boolean json;

  @Override
  public Integer call()
      throws IOException, MalformedBytesException, CommandFailedException, InterruptedException {
    if (least < 1) {
      throw new UserErrorException("--least: give a number above 0");
    }
    SweepPlan plan = how.plan(targets.ranges(), targets.port());
    Consensus consensus = new Consensus(mapped.addresses());
    CrawlFiles files = CrawlFiles.of(out, state);
    ServerList before = plan.within(ServerList.readIfThere(files.list()));
    Closeable list = files.reserve();
    try (CrawlJournal journal = CrawlJournal.open(files.journal(), plan.identity())) {
      CrawlSummary summary = crawl(plan, consensus, files, before, journal);
      report(summary);
      return summary.usable() ? ExitCode.DONE : ExitCode.FAILED;
    } catch (ZmapSweep.NotAllowedException refused) {
      throw new CommandFailedException(
          ExitCode.UNAVAILABLE, "--zmap: ZMap may not send: run as root: " + refused.getMessage());
    } finally {
      list.close();
    }
  }

  private CrawlSummary crawl(
      SweepPlan plan,
      Consensus consensus,
      CrawlFiles files,
      ServerList before,
      CrawlJournal journal)
      throws IOException, InterruptedException {
    long all = plan.ranges().size();
    long from = journal.done();
    Sweep.Result swept = sweep(plan, journal);
    Set<Long> hits = journal.hits();
    if (swept.isPoor(all - from)) {
      journal.again(swept.from());
      return new CrawlSummary(all, from, hits.size(), swept, List.of(), 0, false);
    }
    List<Examination> found = consensus.settle(verify(plan, journal, before));
    ServerList after = before.updated(found, Instant.now());
    boolean usable = after.good() >= least;
    if (usable) {
      after.publish(files.list());
    }
    journal.delete();
    long listed = plan.listedOnly(hits, found);
    return new CrawlSummary(all, from, hits.size(), swept, found, listed, usable);
  }

  private Sweep.Result sweep(SweepPlan plan, CrawlJournal journal)
      throws IOException, InterruptedException {
    try (ProgressBar bar = ProgressBar.on(io().err(), "asked", plan.ranges().size())) {
      return plan.sweep(journal.key())
          .run(
              journal.done(),
              new Sweep.Listener() {
                @Override
                public void hit(long address) throws IOException {
                  journal.hit(address);
                }

                @Override
                public void progress(long done, long sent) throws IOException {
                  journal.done(done);
                  bar.show(sent, journal.hits().size() + " answer");
                }
              });
    }
  }

  private List<Examination> verify(SweepPlan plan, CrawlJournal journal, ServerList before)
      throws InterruptedException {
    var servers = plan.candidates(journal.hits(), before);
    try (NettyLoops loops = new NettyLoops(1);
        ProgressBar bar = ProgressBar.on(io().err(), "verified", servers.size())) {
      return plan.verify(loops.next(), servers, bar);
    }
  }

  private void report(CrawlSummary summary) {
    boolean poor = summary.swept().isPoor(summary.addresses() - summary.from());
    if (json) {
      io().out().println(summary.json());
    } else if (!poor) {
      io().out().println(summary.text());
    }
    if (poor) {
      tell(summary.unsent() + ": " + out + " stays as it was; try again, and they are asked");
      return;
    }
    if (summary.swept().unsent() > 0) {
      tell(summary.unsent());
    }
    if (!summary.usable()) {
      tell(
          "%d good servers, of %d wanted: %s stays as it was"
              .formatted(summary.good(), least, out));
    }
  }

  private void tell(String line) {
    io().err().println("freddie: " + line);
  }
}
