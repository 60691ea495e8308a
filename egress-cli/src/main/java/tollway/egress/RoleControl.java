// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.cli.UserErrorException;
import tollway.cli.Version;
import tollway.control.ControlCommands;
import tollway.control.ControlEvents;
import tollway.control.ControlInUseException;
import tollway.control.ControlPathException;
import tollway.control.ControlServer;
import tollway.loop.EventLoop;
import tollway.loop.StopSignal;

/** The control socket of one daemon: {@code status}, {@code stop}, {@code events}, and its own. */
final class RoleControl implements Closeable {
  /** What a role does besides. Every method is called on the daemon's loop. */
  interface Desk {
    /** Hands how the daemon is doing to {@code sink}, now or later. */
    void status(Consumer<JsonObject> sink);

    /** What is so already, for who begins to read events. */
    List<JsonObject> present();

    /** Commands that only this role knows. */
    default void serve(ControlCommands commands) {}
  }

  private final EventLoop loop;
  private final ControlEvents events;
  private final Runnable end;
  private final ControlServer server;

  private RoleControl(EventLoop loop, ControlEvents events, Runnable end, ControlServer server) {
    this.loop = loop;
    this.events = events;
    this.end = end;
    this.server = server;
  }

  static RoleControl open(DaemonRole role, Path socket, EventLoop loop, StopSignal stop, Desk desk)
      throws IOException {
    long begun = loop.nanoTime();
    Supplier<List<JsonObject>> present = desk::present;
    ControlEvents events = new ControlEvents(loop, present);
    Runnable end = once(() -> events.publish(ControlEvents.event("stopping")));
    ControlCommands commands = new ControlCommands();
    commands.on("events", events);
    commands.on(
        "status",
        (question, answer) ->
            desk.status(
                details -> {
                  JsonObject status = new JsonObject();
                  status.addProperty("role", role.word());
                  status.addProperty("version", Version.text());
                  status.addProperty("pid", ProcessHandle.current().pid());
                  status.addProperty("uptimeSeconds", (loop.nanoTime() - begun) / 1_000_000_000);
                  for (Map.Entry<String, JsonElement> each : details.entrySet()) {
                    status.add(each.getKey(), each.getValue());
                  }
                  answer.result(status);
                }));
    commands.on(
        "stop",
        (question, answer) -> {
          end.run();
          answer.result(new JsonObject());
          loop.execute(stop::request); // Behind the event.
        });
    desk.serve(commands);
    try {
      return new RoleControl(loop, events, end, ControlServer.open(socket, loop, commands));
    } catch (ControlInUseException taken) {
      throw new UserErrorException(taken.getMessage() + ": give this one another with --control");
    } catch (ControlPathException unfit) {
      throw new UserErrorException("--control: " + unfit.getMessage());
    }
  }

  private static Runnable once(Runnable task) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        task.run();
      }
    };
  }

  /** Tells those who read events. Any thread. */
  void publish(JsonObject event) {
    events.publish(event);
  }

  /**
   * Tells those who read events that the daemon ends, once, for whatever reason; when it returns
   * they are being told. Not on the loop.
   */
  void stopping() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    loop.execute(
        () -> {
          end.run();
          loop.execute(told::countDown); // Behind the event.
        });
    told.await(1, TimeUnit.SECONDS);
  }

  /** Last of all: whoever asked us to stop waits for this. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
