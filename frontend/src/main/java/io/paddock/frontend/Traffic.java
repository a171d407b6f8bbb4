package io.paddock.frontend;

import io.paddock.wire.OpCode;

/**
 * What went over one connection: the numbers that {@code cons} shows (client protocol sheet,
 * section 12.1). Latencies run from a request's arrival to its reply. One thread.
 */
public final class Traffic {
  private static final int NANOS_PER_MS = 1_000_000;

  /** Counts for all connections of the loop. */
  private final Meter meter;

  private long received;
  private long sent;
  private long lastZxid = -1;
  private long lastReplyNanos;
  private long latencySumMs;
  private long latencyCount;
  private int lastCxid = -1;
  private int lastLatencyMs;
  private int latencyMinMs;
  private int latencyMaxMs;
  private OpCode lastOp;

  Traffic(Meter meter) {
    this.meter = meter;
  }

  void onReceived() {
    received++;
    meter.received();
  }

  void onSent() {
    sent++;
    meter.eventSent();
  }

  /** The ConnectRequest has come in. */
  void onConnect(long nowNanos) {
    onReceived();
    lastReplyNanos = nowNanos;
  }

  /** A new session is made, which counts as the answer to a write. */
  void onSession(long zxid, int bytes, long nowNanos) {
    long receivedNanos = lastReplyNanos;
    onReply(OpCode.CREATE_SESSION, 0, zxid, receivedNanos, nowNanos);
    meter.replied(true, bytes, nowNanos - receivedNanos);
  }

  /**
   * @param done the operation that was carried out; null when it was refused
   */
  void onReply(OpCode done, int cxid, long zxid, long receivedNanos, long nowNanos) {
    sent++;
    lastOp = done;
    // The xids below zero stand for kinds of requests, not for one of them.
    lastCxid = cxid >= 0 ? cxid : lastCxid;
    lastZxid = zxid;
    lastReplyNanos = nowNanos;
    int latency = (int) ((nowNanos - receivedNanos) / NANOS_PER_MS);
    lastLatencyMs = latency;
    latencyMinMs = latencyCount == 0 ? latency : Math.min(latencyMinMs, latency);
    latencyMaxMs = Math.max(latencyMaxMs, latency);
    latencySumMs += latency;
    latencyCount++;
  }

  /** Starts the numbers anew, as {@code crst} does. */
  public void reset() {
    received = 0;
    sent = 0;
    lastZxid = -1;
    lastReplyNanos = 0;
    latencySumMs = 0;
    latencyCount = 0;
    lastCxid = -1;
    lastLatencyMs = 0;
    latencyMinMs = 0;
    latencyMaxMs = 0;
    lastOp = null;
  }

  /** Frames from the client. */
  public long received() {
    return received;
  }

  /** Frames to the client, watch events among them. */
  public long sent() {
    return sent;
  }

  /** The zxid of the last reply; -1 when there was none. */
  public long lastZxid() {
    return lastZxid;
  }

  /** The xid of the last reply to a request that had one of its own; -1 when there was none. */
  public int lastCxid() {
    return lastCxid;
  }

  /**
   * When the last reply was written, on the clock that the server passes in; 0 when there was none.
   */
  public long lastReplyNanos() {
    return lastReplyNanos;
  }

  /** The last operation answered; null when there was none, or it was a write refused. */
  public OpCode lastOp() {
    return lastOp;
  }

  public int lastLatencyMs() {
    return lastLatencyMs;
  }

  public int latencyMinMs() {
    return latencyMinMs;
  }

  public int latencyMaxMs() {
    return latencyMaxMs;
  }

  /** The sum of all latencies, for their average. */
  public long latencySumMs() {
    return latencySumMs;
  }

  /** Replies with a latency. */
  public long latencyCount() {
    return latencyCount;
  }
}
