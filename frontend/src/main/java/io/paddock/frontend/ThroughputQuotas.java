package io.paddock.frontend;

import io.paddock.tree.Change;
import io.paddock.tree.Node;
import io.paddock.tree.Tree;
import io.paddock.wire.Id;
import io.paddock.wire.Op;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Quotas of throughput, as one tree has them: of a subtree in {@code
 * /zookeeper/quota/<path>/paddock_rates}, of a user in {@code
 * /zookeeper/quota/paddock_users/<scheme>:<user>}. Belongs to its view; the buckets are the
 * server's.
 */
final class ThroughputQuotas {
  private static final Logger LOG = LoggerFactory.getLogger(ThroughputQuotas.class);
  private static final String ROOT = "/zookeeper/quota";
  private static final String RATES = "/paddock_rates";
  private static final String USERS = ROOT + "/paddock_users/";

  /** A subtree with a longer path has no quota: clients could else make each look-up long. */
  private static final int SUBTREE_CHARS_MAX = 1024;

  /** More are passed over, and that is told. */
  static final int RULES_MAX = 1000;

  private final Function<String, RateBucket> buckets;
  private final Map<String, RateRule> byPath = new HashMap<>();
  private final Map<String, RateRule> byUser = new HashMap<>();

  /** Of what cannot be read, in the log. */
  private static final int SHOWN_BYTES_MAX = 200;

  private static final int UNREADABLE_TOLD = 16;

  /** No path in {@link #byPath} is longer. */
  private int charsMax;

  private long passedOver;

  /** Texts that could not be read; the first ones are told, then ever fewer. */
  private long unreadable;

  private ThroughputQuotas(Function<String, RateBucket> buckets) {
    this.buckets = buckets;
  }

  /** Those of a tree; null when it has none. */
  static ThroughputQuotas of(Tree tree, Function<String, RateBucket> buckets) {
    ThroughputQuotas quotas = new ThroughputQuotas(buckets);
    ArrayDeque<String> paths = new ArrayDeque<>();
    paths.add(ROOT);
    while (!paths.isEmpty()) {
      String path = paths.removeLast();
      Node node = tree.find(path);
      if (node != null) {
        quotas.take(path, node);
        if (path.length() <= ROOT.length() + SUBTREE_CHARS_MAX) {
          node.forEachChild((name, child) -> paths.add(path + "/" + name));
        }
      }
    }
    return quotas.orNull();
  }

  /** The znode that a quota may be in has changed, or has gone; null when it was the last one. */
  ThroughputQuotas changed(String path, Tree tree) {
    take(path, tree.find(path));
    return orNull();
  }

  /** None yet. */
  static ThroughputQuotas none(Function<String, RateBucket> buckets) {
    return new ThroughputQuotas(buckets);
  }

  private ThroughputQuotas orNull() {
    return byPath.isEmpty() && byUser.isEmpty() ? null : this;
  }

  /** Whether a change may be one of quotas. */
  static boolean isConcerned(Change change) {
    if (change.kind() == Change.Kind.CHILDREN_CHANGED) {
      return false;
    }
    String path = change.path();
    return path.startsWith(ROOT) && (path.endsWith(RATES) || path.startsWith(USERS));
  }

  /**
   * @param node null when there is none any more
   */
  private void take(String path, Node node) {
    if (path.startsWith(USERS)) {
      put(byUser, decoded(path.substring(USERS.length())), path, node);
    } else if (path.endsWith(RATES)) {
      String subtree = path.substring(ROOT.length(), path.length() - RATES.length());
      if (subtree.length() <= SUBTREE_CHARS_MAX) {
        put(byPath, subtree.isEmpty() ? "/" : subtree, path, node);
        charsMax = Math.max(charsMax, Math.max(1, subtree.length()));
      }
    }
  }

  private void put(Map<String, RateRule> rules, String key, String path, Node node) {
    byte[] text = node == null ? null : node.data();
    RateRule rule;
    try {
      rule = text == null ? null : new RateRule(key, text, buckets);
    } catch (IllegalArgumentException e) {
      // A slip must not take the bound away.
      tellUnreadable(path, text, e.getMessage(), rules.containsKey(key));
      return;
    }
    rules.remove(key);
    if (rule == null || rule.isEmpty()) {
      return;
    }
    if (byPath.size() + byUser.size() < RULES_MAX) {
      rules.put(key, rule);
    } else if (Long.bitCount(++passedOver) == 1) {
      LOG.warn(
          "The quota of throughput of {} has no effect, {} are in force already: remove some below {}",
          key,
          RULES_MAX,
          ROOT);
    }
  }

  private void tellUnreadable(String path, byte[] text, String why, boolean isBound) {
    String shown =
        new String(text, 0, Math.min(text.length, SHOWN_BYTES_MAX), StandardCharsets.UTF_8);
    boolean often = ++unreadable > UNREADABLE_TOLD && Long.bitCount(unreadable) != 1;
    if (buckets.apply(path).isNews(shown) && !often) {
      LOG.warn(
          "The quota of throughput in {} cannot be read (\"{}\"; {}): {}",
          path,
          shown.replaceAll("\\p{Cntrl}", " "),
          why.replaceAll("\\p{Cntrl}", " "),
          isBound
              ? "what it said before stays in force until a restart"
              : "nothing is bounded by it");
    }
  }

  /** A name of a znode holds no slash. */
  private static String decoded(String name) {
    return name.replace("%2F", "/").replace("%25", "%");
  }

  /**
   * Charges a read or write of a client.
   *
   * @param bytes that it moved
   * @return how long the client has to wait before its next request, in nanoseconds
   */
  long charge(List<Id> ids, String path, boolean write, long bytes, long nowNanos) {
    if (ids.stream().anyMatch(id -> id.scheme().equals("super"))) {
      // Whoever sets the quotas must be able to lift them.
      return 0;
    }
    long delay = 0;
    for (String at = cut(path); !byPath.isEmpty(); at = parent(at)) {
      RateRule rule = byPath.get(at);
      if (rule != null) {
        delay = Math.max(delay, rule.charge(write, bytes, nowNanos));
      }
      if (at.length() <= 1) {
        break;
      }
    }
    if (!byUser.isEmpty()) {
      for (Id id : ids) {
        RateRule rule = byUser.get(id.scheme() + ":" + AuditEvent.user(id));
        if (rule != null) {
          delay = Math.max(delay, rule.charge(write, bytes, nowNanos));
        }
      }
    }
    return delay;
  }

  /** The same of a write, whose parts of a multi count by themselves. */
  long charge(List<Id> ids, Op op, long bytes, long nowNanos) {
    if (op instanceof Op.Multi multi) {
      long delay = 0;
      for (Op part : multi.ops()) {
        delay = Math.max(delay, charge(ids, part, dataBytes(part), nowNanos));
      }
      return delay;
    }
    // A check, too, has a path, but writes nothing.
    String path = op instanceof Op.Check ? null : op.path();
    return path == null ? 0 : charge(ids, path, true, bytes, nowNanos);
  }

  private static long dataBytes(Op op) {
    return op.data() == null ? 0 : op.data().length;
  }

  /** The part of a path that can have a quota. */
  private String cut(String path) {
    return path.length() <= charsMax
        ? path
        : path.substring(0, Math.max(1, path.lastIndexOf('/', charsMax)));
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(1, path.lastIndexOf('/')));
  }
}
