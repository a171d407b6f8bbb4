package io.paddock.server;

import io.paddock.config.MemoryShares;
import io.paddock.machine.CutLog;
import io.paddock.metrics.EventCounter;
import io.paddock.metrics.ServerMetrics;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounds on what all clients of a server make it hold by being slow, and what is told when some
 * are cut for that. Any thread.
 */
final class SlowClients {
  private static final Logger LOG = LoggerFactory.getLogger(SlowClients.class);

  private final ServerMetrics metrics;
  private final ByteBound unsent;
  private final ByteBound requests;
  private final CutLog readers =
      new CutLog(LOG, "clients that do not read were cut off", System::nanoTime);
  private final CutLog senders =
      new CutLog(LOG, "clients that send half requests were cut off", System::nanoTime);

  SlowClients(MemoryShares shares, ServerMetrics metrics) {
    this.metrics = metrics;
    this.unsent = new ByteBound(shares.unsentBytesMax(), this::readersCut);
    this.requests = new ByteBound(shares.heldRequestBytesMax(), this::sendersCut);
    metrics.clients(unsent::bytes, requests::bytes);
  }

  /** On replies and events that were not read. */
  ByteBound unsent() {
    return unsent;
  }

  /** On requests that have come in half. */
  ByteBound requests() {
    return requests;
  }

  /** To be called now and then. */
  void look() {
    readers.lookAgain();
    senders.lookAgain();
  }

  /** One client has left more unread than one may. */
  void readerCut(String who, long bytes) {
    metrics.count(EventCounter.SLOW_READERS_CUT);
    readers.cut(
        1,
        bytes,
        who + " is cut off: it has not read " + CutLog.text(bytes) + " of replies and events");
  }

  private void readersCut(int count, ByteBound.Cut cut) {
    metrics.count(EventCounter.SLOW_READERS_CUT, count);
    readers.cut(
        count,
        cut.bytes(),
        ("Clients leave %s of replies and events unread, more than paddock.unsentBytesMax allows over all connections:"
                + " the slowest %d of %d are cut off, who held %s; the first is %s, %s for %s")
            .formatted(
                CutLog.text(unsent.bytesMax()),
                count,
                cut.of(),
                CutLog.text(cut.bytes()),
                cut.slowest(),
                CutLog.text(cut.slowestBytes()),
                time(cut.slowestNanos())));
  }

  private void sendersCut(int count, ByteBound.Cut cut) {
    metrics.count(EventCounter.SLOW_SENDERS_CUT, count);
    senders.cut(
        count,
        cut.bytes(),
        ("Half requests take %s, more than paddock.requestBytesMax allows over all connections: the slowest %d of %d"
                + " senders are cut off, who held %s; the first is %s, %s for %s")
            .formatted(
                CutLog.text(requests.bytesMax()),
                count,
                cut.of(),
                CutLog.text(cut.bytes()),
                cut.slowest(),
                CutLog.text(cut.slowestBytes()),
                time(cut.slowestNanos())));
  }

  private static String time(long nanos) {
    long ms = TimeUnit.NANOSECONDS.toMillis(nanos);
    return ms >= 10_000 ? ms / 1000 + " s" : ms + " ms";
  }
}
