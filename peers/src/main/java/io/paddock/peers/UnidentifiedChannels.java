package io.paddock.peers;

import io.netty.channel.Channel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Accepted connections that have not said yet who they are: so many at most, the oldest goes first,
 * and each has so much time. So nobody holds a port's memory or descriptors by saying nothing. For
 * the loop of the channels.
 */
final class UnidentifiedChannels {
  private final int channelsMax;
  private final long waitMs;
  private final Map<Channel, ScheduledFuture<?>> waiting = new LinkedHashMap<>();

  UnidentifiedChannels(int channelsMax, long waitMs) {
    this.channelsMax = channelsMax;
    this.waitMs = waitMs;
  }

  /** Nothing happens to one that waits already. */
  void add(Channel channel) {
    if (waiting.containsKey(channel)) {
      return;
    }
    if (waiting.size() >= channelsMax) {
      waiting.keySet().iterator().next().close();
    }
    waiting.put(
        channel,
        channel.eventLoop().schedule(() -> channel.close(), waitMs, TimeUnit.MILLISECONDS));
    channel.closeFuture().addListener(closed -> remove(channel));
  }

  /** It has said who it is, or is gone. */
  void remove(Channel channel) {
    ScheduledFuture<?> timeout = waiting.remove(channel);
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  int size() {
    return waiting.size();
  }
}
