// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Dispatcher;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.ThreadEventLoop;

/**
 * A bus made of NATS servers: core subjects, no persistence. It connects by itself, and again when
 * the connection is lost, on a thread of its own; what is published meanwhile is lost at once, so
 * that nothing old comes late.
 *
 * <pre>
 * away ──connected──▶ there ──lost, or silent for 4 s──▶ away, tries every 0.5 s
 * </pre>
 */
public final class NatsBus implements Bus {
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** A server that does not answer two of these is gone. */
  private static final Duration PING = Duration.ofSeconds(2);

  private static final Duration PROBE = Duration.ofSeconds(5);

  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  /** Messages that wait, each way, before the next are lost. */
  private static final int WAITING = 4096;

  private static final int WAITING_BYTES = 16 << 20;

  private final ThreadEventLoop loop = new ThreadEventLoop("bus");
  private final NatsServers servers;
  private final NatsLogin login;
  private final Optional<SSLContext> tls;
  private final Map<String, Consumer<Bytes>> listeners = new LinkedHashMap<>();
  private @Nullable Dispatcher dispatcher;
  private volatile @Nullable Connection connection;
  private volatile String trouble = "not connected yet";
  private volatile boolean closed;

  private NatsBus(NatsServers servers, NatsLogin login, Optional<SSLContext> tls) {
    this.servers = servers;
    this.login = login;
    this.tls = tls;
  }

  /** Begins to connect; {@code tls} is for servers at {@code tls://} addresses. */
  public static NatsBus start(NatsServers servers, NatsLogin login, Optional<SSLContext> tls) {
    NatsBus bus = new NatsBus(servers, login, tls);
    bus.loop.execute(bus::connect);
    return bus;
  }

  /** Tries once: why no server lets us in, or empty. Waits, 5 s at most. */
  public static Optional<String> probe(
      NatsServers servers, NatsLogin login, Optional<SSLContext> tls) throws InterruptedException {
    NatsBus bus = new NatsBus(servers, login, tls);
    CompletableFuture<Optional<String>> tried = new CompletableFuture<>();
    bus.loop.execute(
        () -> {
          bus.connect();
          tried.complete(bus.trouble());
        });
    try {
      return tried.get(PROBE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException slow) {
      return Optional.of("no answer in " + PROBE.toSeconds() + " s");
    } finally {
      bus.close();
    }
  }

  @Override
  public void listen(String subject, Consumer<Bytes> listener) {
    loop.execute(
        () -> {
          listeners.put(subject, listener);
          if (dispatcher != null) {
            subscribe(dispatcher, subject, listener);
          }
        });
  }

  @Override
  public void publish(String subject, Bytes message) {
    Bus.check(message);
    Connection open = connection;
    if (open != null) {
      try {
        open.publish(subject, message.toArray());
      } catch (IllegalStateException lost) {
        // As everything that is said while the bus is away.
      }
    }
  }

  @Override
  public Optional<String> trouble() {
    return connection != null ? Optional.empty() : Optional.of(trouble);
  }

  @Override
  public void close() {
    closed = true;
    Connection open = connection;
    connection = null;
    loop.close();
    if (open != null) {
      end(open);
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    Options options = options();
    try {
      Connection fresh = Nats.connect(options);
      dispatcher = fresh.createDispatcher();
      dispatcher.setPendingLimits(WAITING, WAITING_BYTES);
      Dispatcher all = dispatcher;
      listeners.forEach((subject, listener) -> subscribe(all, subject, listener));
      fresh.flush(PATIENCE); // Who hears that we are there may be answered.
      connection = fresh;
      if (closed) {
        end(fresh);
      } else if (fresh.getStatus() == Connection.Status.CLOSED) {
        lost(fresh);
      }
    } catch (IOException | TimeoutException | IllegalStateException failed) {
      again(failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private void again(Exception failed) {
    if (trouble.isEmpty()) {
      trouble = reason(failed);
    }
    loop.schedule(PAUSE, this::connect);
  }

  /** On jnats' threads and ours. */
  private void lost(Connection gone) {
    loop.execute(
        () -> {
          if (connection == gone) {
            connection = null;
            dispatcher = null;
            loop.schedule(PAUSE, this::connect);
          }
        });
  }

  private Options options() {
    trouble = "";
    Options.Builder options =
        new Options.Builder()
            .servers(servers.urls().toArray(new String[0]))
            .connectionName("freddie")
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs) // Others lose the name.
            .noReconnect()
            .noEcho()
            .noNoResponders()
            .connectionTimeout(PATIENCE)
            .pingInterval(PING)
            .maxPingsOut(2)
            .maxMessagesInOutgoingQueue(WAITING)
            .discardMessagesWhenOutgoingQueueFull()
            .ignoreDiscoveredServers()
            .errorListener(new Troubles())
            .connectionListener(this::happened);
    tls.filter(context -> servers.isSecure()).ifPresent(options::sslContext);
    return login.apply(options).build();
  }

  private void happened(Connection which, ConnectionListener.Events event) {
    if (event == ConnectionListener.Events.CLOSED
        || event == ConnectionListener.Events.DISCONNECTED) {
      lost(which);
    }
  }

  private static void subscribe(Dispatcher to, String subject, Consumer<Bytes> listener) {
    to.subscribe(subject, message -> listener.accept(Bytes.of(message.getData())));
  }

  private static void end(Connection open) {
    try {
      open.flush(LAST_WORDS);
      open.close();
    } catch (TimeoutException | IllegalStateException gone) {
      closeAnyway(open);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeAnyway(Connection open) {
    try {
      open.close();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof UnknownHostException) {
      return "no such host";
    }
    if (root instanceof ConnectException) {
      return "connection refused or timed out";
    }
    if (root instanceof TimeoutException) {
      return "no answer in " + PATIENCE.toSeconds() + " s";
    }
    if (failure instanceof SSLException || root instanceof CertificateException) {
      return "TLS: " + root.getMessage();
    }
    return String.valueOf(root.getMessage());
  }

  /** What jnats tells of beside its exceptions, which say less. */
  private final class Troubles implements ErrorListener {
    @Override
    public void errorOccurred(Connection which, String error) {
      trouble = error;
    }

    @Override
    public void exceptionOccurred(Connection which, Exception failure) {
      trouble = reason(failure);
    }
  }
}
