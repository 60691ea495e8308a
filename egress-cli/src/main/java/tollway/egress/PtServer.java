// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.UserErrorException;
import tollway.files.NamedFile;
import tollway.identity.Identity;
import tollway.loop.NettyLoops;
import tollway.pipeline.DialPolicy;
import tollway.pipeline.EgressConfig;
import tollway.pipeline.EgressDoor;
import tollway.pipeline.EgressLimits;
import tollway.pipeline.EgressServer;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;
import tollway.pipeline.Preamble;
import tollway.pt.ExtendedOrPort;
import tollway.pt.PtArgument;
import tollway.pt.PtLines;
import tollway.pt.PtTask;
import tollway.tls.WatchedFiles;

/** An egress that connects to nothing but its host, wherever people want to go. */
final class PtServer implements AutoCloseable {
  private static final int COOKIE_LIMIT = 1024;

  private final EgressServer server;
  private final InviteContents contents;
  private final String invite;

  private PtServer(EgressServer server, InviteContents contents, String invite) {
    this.server = server;
    this.contents = contents;
    this.invite = invite;
  }

  /** Listens when it returns, and its invite is kept in the host's directory. Not on a loop. */
  static PtServer start(NettyLoops loops, PtTask.Server task, InviteContents contents)
      throws IOException, MalformedBytesException {
    for (PtArgument option : task.options()) {
      if (!contents.take(option.key(), option.value())) {
        throw new UserErrorException("there is no option '" + option.key() + "'");
      }
    }
    InetSocketAddress listen = task.listen().orElse(new InetSocketAddress(0));
    if (!contents.namesFreddies()) {
      throw new UserErrorException("--freddie is missing: where do people find volunteers?");
    }
    contents.checkReachable(listen);
    Path directory = task.state().resolve(PtTask.TRANSPORT);
    Identity identity = InviteOptions.identityIn(directory);
    Preamble preamble =
        task.cookie().isPresent() ? ExtendedOrPort.of(cookie(task.cookie().get())) : Preamble.NONE;
    EgressServer server =
        EgressServer.start(
            loops,
            identity,
            new EgressConfig(
                new EgressDoor(listen, Optional.empty(), contents.tokens(), List.of()),
                DialPolicy.only(task.destination()),
                Optional.empty(),
                EgressLimits.DEFAULT.withoutSpeedTests(),
                preamble));
    try {
      Invite made = contents.invite(identity, server.address(), false);
      String invite = InviteCodec.encode(made);
      InviteFile.write(InviteFile.in(directory), invite);
      return new PtServer(server, contents, invite);
    } catch (IOException | UserErrorException wrong) {
      server.close();
      throw wrong;
    }
  }

  void tell(PtLines lines) {
    lines.serverMethod(server.address(), List.of(new PtArgument("invite", invite)));
  }

  void watch(WatchedFiles files) {
    files.watch("the tokens", contents.tokenFiles(), () -> server.admit(contents.tokens()));
  }

  @Override
  public void close() {
    server.close();
  }

  private static Bytes cookie(Path file) throws IOException {
    try (InputStream in = NamedFile.open(file)) {
      return Bytes.of(in.readNBytes(COOKIE_LIMIT));
    }
  }
}
