// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Netty event loop behind our interface, for components whose sockets are Netty channels. */
public final class NettyEventLoop implements EventLoop {
  private static final Logger log = LoggerFactory.getLogger(NettyEventLoop.class);

  private final IoEventLoop netty;

  NettyEventLoop(IoEventLoop netty) {
    this.netty = netty;
  }

  /** To register channels with; timers and tasks go through this class. */
  public IoEventLoop netty() {
    return netty;
  }

  /** Makes UDP channels of the kind that this loop drives, on this loop; give it a handler. */
  public Bootstrap datagramBootstrap(SocketProtocolFamily family) {
    boolean epoll = netty.isIoType(EpollIoHandler.class);
    return new Bootstrap()
        .group(netty)
        .channelFactory(
            () -> epoll ? new EpollDatagramChannel(family) : new NioDatagramChannel(family));
  }

  /** Makes TCP connections of the kind that this loop drives, on this loop; give it a handler. */
  public Bootstrap socketBootstrap() {
    boolean epoll = netty.isIoType(EpollIoHandler.class);
    return new Bootstrap()
        .group(netty)
        .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class);
  }

  @Override
  public void execute(Runnable task) {
    try {
      netty.execute(guarded(task));
    } catch (RejectedExecutionException closed) {
      log.debug("a task came after the loop was closed");
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      return timer(netty.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS));
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    try {
      return timer(netty.scheduleWithFixedDelay(guarded(task), nanos, nanos, TimeUnit.NANOSECONDS));
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean inLoop() {
    return netty.inEventLoop();
  }

  private static Timer timer(Future<?> future) {
    return () -> future.cancel(false);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException bug) {
        log.error("a task on the loop failed", bug);
      }
    };
  }
}
