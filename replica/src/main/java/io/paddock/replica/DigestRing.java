package io.paddock.replica;

import java.util.ArrayDeque;
import java.util.List;

/**
 * The tree's digest at every 128th transaction, the last 1024 of them: what {@code hash} shows. One
 * thread.
 */
final class DigestRing {
  private static final int STEP = 128;
  private static final int CAPACITY = 1024;

  private final ArrayDeque<ZxidDigest> ring = new ArrayDeque<>();

  void add(long zxid, long digest) {
    if (zxid % STEP != 0) {
      return;
    }
    if (ring.size() == CAPACITY) {
      ring.removeFirst();
    }
    ring.addLast(new ZxidDigest(zxid, digest));
  }

  List<ZxidDigest> list() {
    return List.copyOf(ring);
  }
}
