package io.paddock.frontend;

import java.util.ArrayList;
import java.util.List;

/** Which lane of this loop holds which session: an open-addressed table of lanes by session id. */
final class SessionLanes {
  private static final int CAPACITY_MIN = 16;

  private Lane[] lanes = new Lane[CAPACITY_MIN];
  private int size;

  int size() {
    return size;
  }

  /** All of them. */
  List<Lane> all() {
    List<Lane> all = new ArrayList<>(size);
    for (Lane lane : lanes) {
      if (lane != null) {
        all.add(lane);
      }
    }
    return all;
  }

  /** The lane that holds the session; null when it is none of this loop's. */
  Lane get(long sessionId) {
    return lanes[find(sessionId)];
  }

  void put(Lane lane) {
    if ((size + 1) * 2 > lanes.length) {
      grow();
    }
    int at = find(lane.sessionId());
    if (lanes[at] == null) {
      size++;
    }
    lanes[at] = lane;
  }

  /** Removes the lane unless another one has taken the session over. */
  void remove(Lane lane) {
    int gap = find(lane.sessionId());
    if (lanes[gap] != lane) {
      return;
    }
    size--;
    lanes[gap] = null;
    int mask = lanes.length - 1;
    for (int at = gap + 1 & mask; lanes[at] != null; at = at + 1 & mask) {
      if ((at - home(lanes[at].sessionId(), mask) & mask) >= (at - gap & mask)) {
        lanes[gap] = lanes[at];
        lanes[at] = null;
        gap = at;
      }
    }
  }

  private void grow() {
    Lane[] old = lanes;
    lanes = new Lane[old.length * 2];
    for (Lane lane : old) {
      if (lane != null) {
        lanes[find(lane.sessionId())] = lane;
      }
    }
  }

  private int find(long sessionId) {
    int mask = lanes.length - 1;
    int at = home(sessionId, mask);
    while (lanes[at] != null && lanes[at].sessionId() != sessionId) {
      at = at + 1 & mask;
    }
    return at;
  }

  private static int home(long sessionId, int mask) {
    return (int) (sessionId * 0x9E3779B97F4A7C15L >>> 32) & mask;
  }
}
