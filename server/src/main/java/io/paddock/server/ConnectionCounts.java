package io.paddock.server;

import io.paddock.machine.Descriptors;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections are open, in all and by client address, and whether one more may be. Any
 * thread.
 */
final class ConnectionCounts {
  private final int perAddressMax;
  private final int totalMax;
  private final Descriptors descriptors;
  private final AtomicInteger all;
  private final AtomicInteger total = new AtomicInteger();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  /**
   * @param perAddressMax 0 for no bound
   * @param totalMax 0 for no bound
   * @param all counts those of all ports
   */
  ConnectionCounts(int perAddressMax, int totalMax, Descriptors descriptors, AtomicInteger all) {
    this.all = all;
    this.perAddressMax = perAddressMax;
    this.totalMax = totalMax;
    this.descriptors = descriptors;
  }

  /** Counts a connection; false, and not counted, when it would be one too many. */
  boolean enter(InetAddress address) {
    int count = total.incrementAndGet();
    int everywhere = all.incrementAndGet();
    boolean fits = everywhere <= descriptors.clientsMax();
    if (!fits) {
      descriptors.refused(everywhere - 1);
    }
    if (!fits || count > totalMax && totalMax > 0) {
      total.decrementAndGet();
      all.decrementAndGet();
      return false;
    }
    if (byAddress.merge(address, 1, Integer::sum) > perAddressMax && perAddressMax > 0) {
      leave(address);
      return false;
    }
    return true;
  }

  void leave(InetAddress address) {
    total.decrementAndGet();
    all.decrementAndGet();
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }
}
