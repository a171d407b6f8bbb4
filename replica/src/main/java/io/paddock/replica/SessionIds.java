package io.paddock.replica;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Where a server's session ids come from: the server's id, the time it started, a count (client
 * protocol sheet, section 2.3). Any thread.
 */
public final class SessionIds {
  private final AtomicLong next;

  /**
   * @param serverId its low 8 bits are used; 1 for a server that stands alone
   * @param startMs the time when serving starts, in milliseconds
   */
  public SessionIds(long serverId, long startMs) {
    long first = startMs << 24 >>> 8 | serverId << 56;
    next = new AtomicLong(first == Long.MIN_VALUE ? first + 1 : first);
  }

  /** The server has another id from now on. */
  public void moveTo(long serverId) {
    next.updateAndGet(id -> id << 8 >>> 8 | serverId << 56);
  }

  /** An id that no session of this server has had. */
  public long next() {
    long id = next.getAndIncrement();
    return id == 0 ? next.getAndIncrement() : id;
  }
}
