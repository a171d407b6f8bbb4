package io.paddock.frontend;

import io.paddock.wire.OpCode;
import java.util.ArrayDeque;

/**
 * Writes of one loop's clients that wait because the server has enough in work (operations sheet,
 * section 2.2: request_throttle and its kin), in the order in which they came. Reads are answered
 * from the tree and never in work, so they wait only behind their own client's writes. Belongs to
 * its view.
 */
final class Throttle {
  private record Held(Lane lane, Pending.Ordered pending) {}

  private final View view;
  private final ThrottleRules rules;
  private final ArrayDeque<Held> held = new ArrayDeque<>();

  /** Of clients that have gone. */
  private long orphanBytes;

  Throttle(View view, ThrottleRules rules) {
    this.view = view;
    this.rules = rules;
  }

  /** Hands a request to the core, now or when there is room. */
  void submit(Lane lane, Pending.Ordered pending) {
    if (held.isEmpty() && hasRoom()) {
      view.meter().throttled(0);
      pending.handTo(view.core(), view.term());
    } else {
      held.add(new Held(lane, pending));
      lane.held(1);
      view.meter().throttleWaits();
    }
  }

  private boolean hasRoom() {
    return view.core().outstanding() < rules.requestsMax();
  }

  /** Lets on what there is room for. */
  void release(long nowNanos) {
    while (!held.isEmpty()) {
      Held first = held.peekFirst();
      boolean stale = isStale(first, nowNanos);
      if (stale && rules.dropStale()) {
        drop(first.lane);
        first.lane.end();
      } else if (hasRoom()) {
        held.removeFirst();
        letOn(first, stale, nowNanos);
      } else {
        return;
      }
    }
  }

  private void letOn(Held first, boolean stale, long nowNanos) {
    Pending.Ordered pending = first.pending;
    first.lane.held(-1);
    if (first.lane.isClosed()) {
      orphanBytes -= pending.request.bytes();
    }
    if (stale) {
      view.meter().stale();
    }
    long waitedNanos = nowNanos - pending.request.receivedNanos();
    view.meter().throttled(waitedNanos);
    if (rules.opWaitNanosMax() > 0
        && waitedNanos > rules.opWaitNanosMax()
        && pending.request.op() != OpCode.CLOSE_SESSION) {
      view.meter().opThrottled();
      first.lane.throttled(pending, nowNanos);
    } else {
      pending.handTo(view.core(), view.term());
    }
  }

  private boolean isStale(Held waiting, long nowNanos) {
    if (waiting.pending.request.op() == OpCode.CLOSE_SESSION) {
      return false;
    }
    if (rules.staleByConnection() && waiting.lane.isClosed()) {
      return true;
    }
    long waitedNanos = nowNanos - waiting.pending.request.receivedNanos();
    return rules.staleByLatency() && waitedNanos > waiting.lane.timeoutMs() * 1_000_000L;
  }

  /** A client that has requests here has gone. */
  void closed(Lane lane) {
    for (Held waiting : held) {
      orphanBytes += waiting.lane == lane ? waiting.pending.request.bytes() : 0;
    }
  }

  /** Of one client's requests the next must not be done without the one before it. */
  private void drop(Lane lane) {
    if (lane.isClosed()) {
      for (Held waiting : held) {
        orphanBytes -= waiting.lane == lane ? waiting.pending.request.bytes() : 0;
      }
    }
    int before = held.size();
    held.removeIf(waiting -> waiting.lane == lane);
    lane.held(held.size() - before);
    view.meter().staleDropped();
  }

  /** Requests that wait here. */
  int size() {
    return held.size();
  }

  /** Bytes of requests here whose clients have gone. */
  long orphanBytes() {
    return orphanBytes;
  }
}
