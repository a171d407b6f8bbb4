package io.paddock.frontend;

/**
 * What a connection has asked and not been answered yet, oldest first: a linked list, so that an
 * idle connection keeps nothing but this.
 */
final class PendingQueue {
  private Pending oldest;
  private Pending newest;
  private int size;
  private int bytes;

  boolean isEmpty() {
    return oldest == null;
  }

  int size() {
    return size;
  }

  /** Bytes of the frames that wait. */
  int bytes() {
    return bytes;
  }

  /** The request to be answered next; null when there is none. */
  Pending oldest() {
    return oldest;
  }

  void add(Pending pending) {
    if (oldest == null) {
      oldest = pending;
    } else {
      newest.next = pending;
    }
    newest = pending;
    size++;
    bytes += pending.request.bytes();
  }

  /** Takes out the oldest, which must exist. */
  Pending take() {
    Pending pending = oldest;
    oldest = pending.next;
    // Else one that was promoted keeps all after it alive for the collector of the young.
    pending.next = null;
    if (oldest == null) {
      newest = null;
    }
    size--;
    bytes -= pending.request.bytes();
    return pending;
  }
}
