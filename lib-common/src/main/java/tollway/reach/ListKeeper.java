// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.files.DurableFile;
import tollway.files.NamedFile;
import tollway.identity.NodeId;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * The newest list of one operator: kept in a file, and looked for at whatever freddie we are
 * connected with, by the same route. Never goes back to an older one, also not over restarts. On
 * the loop, once it is loaded.
 */
public final class ListKeeper {
  /** A list is looked for at least so often. */
  static final Duration LONGEST = Duration.ofHours(24);

  /** When half its life is over. */
  static final Duration OFTEN = Duration.ofHours(1);

  private static final Logger log = LoggerFactory.getLogger(ListKeeper.class);
  private static final Duration TICK = Duration.ofMinutes(15);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final NodeId signer;
  private final Path file;
  private @Nullable SignedList newest;
  private Instant looked = Instant.EPOCH;
  private @Nullable HttpGet get;
  private @Nullable Timer ticking;

  private ListKeeper(NodeId signer, Path file) {
    this.signer = signer;
    this.file = file;
  }

  /** What {@code directory} holds of {@code signer}'s, if anything. Blocks. */
  public static ListKeeper load(NodeId signer, Path directory) {
    ListKeeper keeper =
        new ListKeeper(signer, directory.resolve("list-" + signer.key().hex().substring(0, 16)));
    keeper.load();
    return keeper;
  }

  /** The newest list, unless that has expired. */
  public Optional<ReachList> list(Instant now) {
    return Optional.ofNullable(newest).map(SignedList::list).filter(it -> !it.isExpired(now));
  }

  /** Looks for a newer list, now and then; {@code changed} hears when there is one. */
  void connected(NettyEventLoop loop, Route route, ClientTls tls, Runnable changed) {
    disconnected();
    ticking = loop.every(TICK, () -> look(loop, route, tls, changed));
    look(loop, route, tls, changed);
  }

  void disconnected() {
    if (ticking != null) {
      ticking.cancel();
      ticking = null;
    }
    if (get != null) {
      get.close();
      get = null;
    }
  }

  /**
   * Takes {@code document} when it is the operator's, has not expired and is newer than what we
   * have; whether it was taken.
   */
  boolean offer(Bytes document, Instant now) throws MalformedBytesException {
    SignedList offered = SignedListCodec.decode(document);
    if (!offered.signer().equals(signer)) {
      throw new MalformedBytesException("the list is signed by another key");
    }
    if (offered.list().isExpired(now)) {
      throw new MalformedBytesException(
          "the list expired at " + offered.list().expires() + ", or the clock here is wrong");
    }
    SignedList present = newest;
    if (present != null && offered.list().number() <= present.list().number()) {
      if (offered.list().number() < present.list().number()) {
        throw new MalformedBytesException(
            "the list is older than ours: %d, not %d"
                .formatted(offered.list().number(), present.list().number()));
      }
      if (!document.equals(present.document())) {
        throw new MalformedBytesException("another list has the number of ours");
      }
      return false;
    }
    take(offered);
    return true;
  }

  private void take(SignedList next) {
    newest = next;
    next.leftOut().forEach(each -> log.warn("the list is used without its {}", each));
  }

  boolean isDue(Instant now) {
    if (newest == null || looked.isAfter(now)) {
      return true; // That was a wrong clock.
    }
    boolean half = !newest.list().halfLife().isAfter(now);
    return !looked.plus(half ? OFTEN : LONGEST).isAfter(now);
  }

  private void look(NettyEventLoop loop, Route route, ClientTls tls, Runnable changed) {
    if (get == null && isDue(loop.now())) {
      get =
          HttpGet.start(
              loop,
              route,
              tls,
              "/v2/list",
              ReachList.SIZE_LIMIT,
              PATIENCE,
              new Looked(loop, route, changed));
    }
  }

  private void load() {
    try {
      Optional<SignedList> kept = read();
      if (kept.isPresent()) {
        take(kept.get());
        looked = Files.getLastModifiedTime(file).toInstant();
      }
    } catch (IOException unreadable) {
      log.warn("{} is ignored: {}", file, unreadable.getMessage());
    }
  }

  private final class Looked implements HttpGet.Outcome {
    private final NettyEventLoop loop;
    private final Route route;
    private final Runnable changed;

    Looked(NettyEventLoop loop, Route route, Runnable changed) {
      this.loop = loop;
      this.route = route;
      this.changed = changed;
    }

    @Override
    public void answered(HttpGet.Answer answer) {
      if (answer.status() != 200) {
        failed("HTTP " + answer.status());
        return;
      }
      get = null;
      Bytes body = answer.body();
      try {
        boolean taken = offer(body, loop.now());
        looked = loop.now();
        keep(body); // Also the same again: its time says when we looked.
        if (taken) {
          changed.run();
        }
      } catch (MalformedBytesException wrong) {
        log.warn("{} has no list for us: {}", route, wrong.getMessage());
      }
    }

    @Override
    public void failed(String why) {
      get = null;
      log.info("{} has no list for us: {}", route, why);
    }

    private void keep(Bytes document) {
      BackgroundThread.start("list-keeper", () -> write(document));
    }
  }

  /** Unless another process of ours was given a newer one. */
  private void write(Bytes document) {
    try {
      long kept = read().map(each -> each.list().number()).orElse(0L);
      if (kept <= SignedListCodec.decode(document).list().number()) {
        DurableFile.replace(file, document.toArray());
      }
    } catch (IOException | MalformedBytesException refused) {
      log.warn("the list of freddies is not kept: {}", refused.getMessage());
    }
  }

  /** What the file holds, if it is of any use. */
  private Optional<SignedList> read() throws IOException {
    try (InputStream in = NamedFile.open(file)) {
      Bytes document = Bytes.of(in.readNBytes(ReachList.SIZE_LIMIT + 1));
      return Optional.of(SignedListCodec.decode(document)).filter(it -> it.signer().equals(signer));
    } catch (NoSuchFileException first) {
      return Optional.empty();
    } catch (MalformedBytesException damaged) {
      log.warn("{} is ignored: {}", file, damaged.getMessage());
      return Optional.empty();
    }
  }
}
