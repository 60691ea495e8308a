// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A channel that is open from the start and that nothing but its maker connects. */
@SuppressWarnings("this-escape") // To its own settings, as with all of Netty's channels.
public abstract class SocketlessChannel extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private boolean open = true;

  protected SocketlessChannel(@Nullable Channel parent) {
    super(parent);
  }

  /** Before this it has no loop and carries nothing. */
  public final void registerOn(NettyEventLoop loop) {
    EventLoopGroup group = loop.netty();
    group.register(this);
  }

  /** It has just been closed: gives back what it holds. Once. */
  protected abstract void release();

  @Override
  protected final void doClose() {
    if (open) {
      open = false;
      release();
    }
  }

  @Override
  protected final void doDisconnect() {
    doClose();
  }

  @Override
  protected final void doBind(SocketAddress to) {
    throw new UnsupportedOperationException("has no socket to bind");
  }

  @Override
  protected final boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  public final ChannelConfig config() {
    return config;
  }

  @Override
  public final ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public final boolean isOpen() {
    return open;
  }

  @Override
  public final boolean isActive() {
    return open;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new SocketlessUnsafe();
  }

  /** What refuses to connect. */
  protected class SocketlessUnsafe extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("its maker has connected it"));
    }
  }
}
