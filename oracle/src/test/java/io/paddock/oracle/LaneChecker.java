package io.paddock.oracle;

import io.paddock.oracle.History.Heard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of {@link HistoryChecker} that follows each session through what it heard: zxids that
 * never fall, and one-shot data watches whose event comes once, for the first change, and before
 * any reply from after it.
 */
final class LaneChecker {
  private final Map<String, Znode> znodes;
  private final List<String> violations;

  LaneChecker(Map<String, Znode> znodes, List<String> violations) {
    this.znodes = znodes;
    this.violations = violations;
  }

  void check(Map<Long, List<Heard>> lanes) {
    lanes.forEach(this::follow);
  }

  private void follow(long session, List<Heard> lane) {
    Map<String, Long> armed = new HashMap<>();
    long last = 0;
    for (Heard heard : lane) {
      switch (heard.sign()) {
        case REPLY -> {
          if (heard.zxid() < last) {
            wrong(session, "a reply at %x came after one at %x", heard.zxid(), last);
          }
          last = heard.zxid();
          armed.forEach((path, at) -> missing(session, path, at, heard.zxid()));
        }
        case ARMED -> armed.put(heard.path(), heard.zxid());
        case EVENT -> event(session, heard, armed.remove(heard.path()));
      }
    }
  }

  private void missing(long session, String path, long armedAt, long zxid) {
    Long change = firstChange(path, armedAt);
    if (change != null && change <= zxid) {
      wrong(
          session,
          "a reply at %x came before the event of %s for its change at %x, watched since %x",
          zxid,
          path,
          change,
          armedAt);
    }
  }

  private Long firstChange(String path, long after) {
    Znode znode = znodes.get(path);
    return znode == null ? null : znode.held.higherKey(after);
  }

  private void event(long session, Heard event, Long armedAt) {
    if (armedAt == null) {
      wrong(session, "an event of %s came that nobody waits for", event.path());
      return;
    }
    Znode znode = znodes.get(event.path());
    Long first = firstChange(event.path(), armedAt);
    boolean unseen = znode != null && znode.setsOpen > 0;
    boolean told = event.zxid() > 0;
    if (first == null && !unseen) {
      wrong(session, "an event of %s came without a change after %x", event.path(), armedAt);
    } else if (told && first != null && event.zxid() != first && !unseen) {
      wrong(
          session,
          "an event of %s at %x came; the first change after %x is at %x",
          event.path(),
          event.zxid(),
          armedAt,
          first);
    } else if (told && event.zxid() <= armedAt) {
      wrong(session, "an event of %s at %x is older than its watch", event.path(), event.zxid());
    }
  }

  private void wrong(long session, String format, Object... arguments) {
    violations.add(String.format("session %x: ", session) + String.format(format, arguments));
  }
}
