package io.paddock.shell;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Quotas;
import org.apache.zookeeper.StatsTrack;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/**
 * Quotas, which are nodes under {@code /zookeeper/quota} that the client makes (client protocol
 * sheet, section 10): listquota, setquota, delquota.
 */
final class QuotaCommands {
  private static final String ROOT = Quotas.quotaZookeeper;
  private static final String LIMITS = "/" + Quotas.limitNode;
  private static final String STATS = "/" + Quotas.statNode;

  private QuotaCommands() {}

  static List<CommandSpec> commands() {
    return List.of(
        CommandSpec.of(
            "listquota", "path", Options.none(), "limits and use", QuotaCommands::listQuota),
        CommandSpec.of(
            "setquota",
            "-n|-b|-N|-B val path",
            Options.none()
                .value("n", "num soft quota")
                .value("b", "bytes soft quota")
                .value("N", "num hard quota")
                .value("B", "bytes hard quota")
                .group(true, "n", "b", "N", "B"),
            "limit a subtree: -n znodes, -b bytes of data; -N and -B refuse more",
            QuotaCommands::setQuota),
        CommandSpec.of(
            "delquota",
            "[-n|-b|-N|-B] path",
            Options.none().flags("n", "b", "N", "B").group(false, "n", "b", "N", "B"),
            "remove all limits of a subtree or one of them",
            QuotaCommands::delQuota));
  }

  private static void listQuota(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    if (!call.json()) {
      call.err().println("absolute path is " + ROOT + path + LIMITS);
    }
    try {
      StatsTrack limits = read(call, ROOT + path + LIMITS);
      StatsTrack stats = read(call, ROOT + path + STATS);
      if (call.json()) {
        call.printJson(
            Map.of("path", path, "quota", fields(limits, true), "used", fields(stats, false)));
        return;
      }
      call.out().println("Output quota for " + path + " " + limits);
      call.out().println("Output stat for " + path + " " + stats);
    } catch (KeeperException.NoNodeException e) {
      call.err().println("quota for " + path + " does not exist.");
    }
  }

  private static Map<String, Long> fields(StatsTrack track, boolean hard) {
    Map<String, Long> fields = new LinkedHashMap<>();
    fields.put("count", track.getCount());
    fields.put("bytes", track.getBytes());
    if (hard) {
      fields.put("countHardLimit", track.getCountHardLimit());
      fields.put("byteHardLimit", track.getByteHardLimit());
    }
    return fields;
  }

  private static StatsTrack read(Call call, String node)
      throws CommandFailure, KeeperException, InterruptedException {
    byte[] data = call.client().getData(node, false, new Stat());
    try {
      return new StatsTrack(data);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new CommandFailure(
          "%s does not hold a quota: %s".formatted(node, new String(data, StandardCharsets.UTF_8)));
    }
  }

  private static void setQuota(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    if (path.startsWith(ROOT)) {
      call.err().println("cannot set a quota under the path: " + ROOT);
      return;
    }
    StatsTrack wanted = unlimited();
    String problem = fill(wanted, call.arguments());
    if (problem != null) {
      call.err().println(problem);
      return;
    }
    if (call.client().exists(path, false) == null) {
      throw new CommandFailure(path + " does not exist.");
    }
    refuseNested(call, path);
    write(call, path, wanted);
    warnIfExceeded(call, path);
  }

  /** All four limits unset, and said to be. */
  private static StatsTrack unlimited() {
    var limits = new StatsTrack();
    limits.setCount(-1);
    limits.setBytes(-1);
    limits.setCountHardLimit(-1);
    limits.setByteHardLimit(-1);
    return limits;
  }

  /** Reads the one limit given; returns what is wrong with it, or null. */
  private static String fill(StatsTrack wanted, Arguments arguments) {
    String option = arguments.values().keySet().iterator().next();
    boolean counts = option.equalsIgnoreCase("n");
    long limit;
    try {
      String value = arguments.value(option);
      limit = counts ? Integer.parseInt(value) : Long.parseLong(value);
    } catch (NumberFormatException e) {
      return "NumberFormatException happens when parsing the option value";
    }
    if (counts && limit <= 0) {
      return "the num quota must be greater than zero";
    }
    if (!counts && limit < 0) {
      return "the bytes quota must be greater than or equal to zero";
    }
    setLimit(wanted, option, limit);
    return null;
  }

  private static void setLimit(StatsTrack track, String option, long limit) {
    switch (option) {
      case "n" -> track.setCount(limit);
      case "b" -> track.setBytes(limit);
      case "N" -> track.setCountHardLimit(limit);
      case "B" -> track.setByteHardLimit(limit);
      default -> throw new IllegalStateException("no such limit: " + option);
    }
  }

  private static void refuseNested(Call call, String path)
      throws CommandFailure, KeeperException, InterruptedException {
    String below = firstQuotaBelow(call, path);
    if (below != null) {
      throw new CommandFailure(path + " has a child " + below + " which has a quota");
    }
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String ancestor = path.substring(0, slash);
      if (call.client().exists(ROOT + ancestor + LIMITS, false) != null) {
        throw new CommandFailure(path + " has a parent " + ancestor + " which has a quota");
      }
    }
  }

  /** The path of a quota strictly below, or null. */
  private static String firstQuotaBelow(Call call, String path)
      throws KeeperException, InterruptedException {
    List<String> children;
    try {
      children = call.client().getChildren(ROOT + path, false);
    } catch (KeeperException.NoNodeException e) {
      return null;
    }
    for (String child : children) {
      String childPath = path + "/" + child;
      if (child.equals(Quotas.limitNode) || child.equals(Quotas.statNode)) {
        continue;
      }
      if (call.client().exists(ROOT + childPath + LIMITS, false) != null) {
        return childPath;
      }
      String below = firstQuotaBelow(call, childPath);
      if (below != null) {
        return below;
      }
    }
    return null;
  }

  private static void write(Call call, String path, StatsTrack wanted)
      throws CommandFailure, KeeperException, InterruptedException {
    String limitsNode = ROOT + path + LIMITS;
    if (call.client().exists(limitsNode, false) == null) {
      for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
        ensure(call, ROOT + path.substring(0, slash), null);
      }
      ensure(call, ROOT + path, null);
      var nothingUsed = new StatsTrack();
      nothingUsed.setCount(0);
      nothingUsed.setBytes(0);
      ensure(call, limitsNode, wanted.getStatsBytes());
      // The server replaces this by what is really used.
      ensure(call, ROOT + path + STATS, nothingUsed.getStatsBytes());
      return;
    }
    StatsTrack limits = read(call, limitsNode);
    for (String option : call.arguments().values().keySet()) {
      setLimit(limits, option, Long.parseLong(call.arguments().value(option)));
    }
    call.client().setData(limitsNode, limits.getStatsBytes(), -1);
  }

  /** Creates a node unless it is there; looking first, as even a refused create takes a zxid. */
  private static void ensure(Call call, String node, byte[] data)
      throws KeeperException, InterruptedException {
    if (call.client().exists(node, false) != null) {
      return;
    }
    try {
      call.client().create(node, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException.NodeExistsException e) {
      // someone else set a quota on the same branch just now
    }
  }

  private static void warnIfExceeded(Call call, String path)
      throws CommandFailure, KeeperException, InterruptedException {
    StatsTrack limits = read(call, ROOT + path + LIMITS);
    StatsTrack used = read(call, ROOT + path + STATS);
    warn(call, "count", used.getCount(), limits.getCount(), limits.getCountHardLimit());
    warn(call, "bytes", used.getBytes(), limits.getBytes(), limits.getByteHardLimit());
  }

  private static void warn(Call call, String what, long used, long soft, long hard) {
    if ((soft > -1 && soft < used) || (hard > -1 && hard < used)) {
      call.out()
          .printf(
              "[Warning]: the %s quota you create is less than the existing %s:%d%n",
              what, what, used);
    }
  }

  private static void delQuota(Call call)
      throws CommandFailure, KeeperException, InterruptedException {
    String path = call.path();
    String limitsNode = ROOT + path + LIMITS;
    if (call.client().exists(limitsNode, false) == null) {
      call.out().println("Quota does not exist for " + path);
      return;
    }
    if (call.arguments().values().isEmpty()) {
      deleteIfThere(call, limitsNode);
      deleteIfThere(call, ROOT + path + STATS);
      trim(call, ROOT + path);
      return;
    }
    StatsTrack limits = read(call, limitsNode);
    for (String option : call.arguments().values().keySet()) {
      setLimit(limits, option, -1);
    }
    call.client().setData(limitsNode, limits.getStatsBytes(), -1);
  }

  private static void deleteIfThere(Call call, String node)
      throws KeeperException, InterruptedException {
    try {
      call.client().delete(node, -1);
    } catch (KeeperException.NoNodeException e) {
      // that is what was wanted
    }
  }

  /** Deletes a node and its ancestors as long as they are empty, up to the quota root. */
  private static void trim(Call call, String node) throws KeeperException, InterruptedException {
    for (String at = node; at.length() > ROOT.length(); at = at.substring(0, at.lastIndexOf('/'))) {
      try {
        if (!call.client().getChildren(at, false).isEmpty()) {
          return;
        }
        call.client().delete(at, -1);
      } catch (KeeperException.NotEmptyException e) {
        return;
      } catch (KeeperException.NoNodeException e) {
        // gone already; its parent may still be empty
      }
    }
  }
}
