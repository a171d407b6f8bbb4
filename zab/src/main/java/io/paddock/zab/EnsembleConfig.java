package io.paddock.zab;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Who belongs to the ensemble, as a value (quorum sheet, sections 1.1 and 6.1). Its {@link #text}
 * is canonical: what servers tell each other and what {@code /zookeeper/config} holds. Immutable.
 */
public final class EnsembleConfig {
  private static final String SERVER = "server.";
  private static final String GROUP = "group";
  private static final String WEIGHT = "weight";
  private static final String VERSION = "version";

  private final TreeMap<Long, EnsembleServer> servers;

  /** Each server's group; empty without groups. */
  private final TreeMap<Long, Long> groups;

  private final TreeMap<Long, Long> weights;
  private final long version;
  private final Quorum quorum;
  private final String text;

  private EnsembleConfig(
      TreeMap<Long, EnsembleServer> servers,
      TreeMap<Long, Long> groups,
      TreeMap<Long, Long> weights,
      long version) {
    this.servers = servers;
    this.groups = groups;
    this.weights = weights;
    this.version = version;
    this.quorum = quorumOf(servers, groups, weights);
    this.text = canonical();
  }

  /** A configuration of plain majorities. */
  public static EnsembleConfig of(Collection<EnsembleServer> servers, long version) {
    TreeMap<Long, EnsembleServer> bySid = new TreeMap<>();
    for (EnsembleServer server : servers) {
      if (bySid.put(server.sid(), server) != null) {
        throw new InvalidConfigException("server." + server.sid() + " is there twice");
      }
    }
    return new EnsembleConfig(bySid, new TreeMap<>(), new TreeMap<>(), version);
  }

  /**
   * Reads canonical text: lines of {@code server.N}, {@code group.G}, {@code weight.S} and {@code
   * version}, in any order; a missing version is 0.
   *
   * @throws InvalidConfigException that names what is wrong
   */
  public static EnsembleConfig parse(String text) {
    Map<String, String> keys = new LinkedHashMap<>();
    long version = 0;
    for (String line : text.split("[\\n\\r]+")) {
      String trimmed = line.trim();
      if (trimmed.isEmpty() || trimmed.startsWith("#")) {
        continue;
      }
      int equals = trimmed.indexOf('=');
      if (equals < 0) {
        throw new InvalidConfigException("'" + trimmed + "' is not key=value");
      }
      String key = trimmed.substring(0, equals).trim();
      String value = trimmed.substring(equals + 1).trim();
      if (key.equals(VERSION)) {
        version = version(value);
      } else if (keys.put(key, value) != null) {
        throw new InvalidConfigException(key + " is there twice");
      }
    }
    return parse(keys, version);
  }

  /**
   * Whether a key of a configuration file says who belongs to the ensemble, or, as its beginning
   * promises so to Apache's server, is refused.
   */
  public static boolean isMembership(String key) {
    return key.startsWith(SERVER) || key.startsWith(GROUP) || key.startsWith(WEIGHT);
  }

  /**
   * Reads one line {@code server.N}.
   *
   * @throws InvalidConfigException that names what is wrong
   */
  public static EnsembleServer server(String key, String value) {
    return EnsembleServer.parse(number(key, afterDot(key)), value.trim());
  }

  /**
   * Reads the keys {@code server.N}, {@code group.G} and {@code weight.S} of a configuration file;
   * any other key is an error.
   *
   * @throws InvalidConfigException that names what is wrong
   */
  public static EnsembleConfig parse(Map<String, String> keys, long version) {
    TreeMap<Long, EnsembleServer> servers = new TreeMap<>();
    TreeMap<Long, Long> groups = new TreeMap<>();
    TreeMap<Long, Long> weights = new TreeMap<>();
    keys.forEach(
        (key, value) -> {
          if (key.startsWith(SERVER)) {
            EnsembleServer server = server(key, value);
            if (servers.put(server.sid(), server) != null) {
              throw new InvalidConfigException(SERVER + server.sid() + " is there twice");
            }
          } else if (key.startsWith(GROUP)) {
            addGroup(groups, key, value);
          } else if (key.startsWith(WEIGHT)) {
            weights.put(number(key, afterDot(key)), number(key, value));
          } else {
            throw new InvalidConfigException("'" + key + "' says nothing about membership");
          }
        });
    return new EnsembleConfig(servers, groups, weights, version);
  }

  private static void addGroup(TreeMap<Long, Long> groups, String key, String value) {
    long group = integer(key, afterDot(key));
    String[] sids = value.split(":");
    if (sids.length == 0) {
      throw new InvalidConfigException(key + " names no server: such a group can never be won");
    }
    for (String sid : sids) {
      if (groups.put(number(key, sid), group) != null) {
        throw new InvalidConfigException("server " + sid + " is in two groups");
      }
    }
  }

  private static Quorum quorumOf(
      TreeMap<Long, EnsembleServer> servers,
      TreeMap<Long, Long> groups,
      TreeMap<Long, Long> weights) {
    List<Long> voters =
        servers.values().stream().filter(s -> !s.observer()).map(EnsembleServer::sid).toList();
    if (voters.isEmpty()) {
      throw new InvalidConfigException("no server has a vote");
    }
    if (groups.isEmpty() && weights.isEmpty()) {
      return Quorum.majority(voters);
    }
    for (long voter : voters) {
      if (!groups.containsKey(voter)) {
        throw new InvalidConfigException("server " + voter + " is in no group");
      }
      // Apache writes the weight of every voter into the canonical text, 1 if nobody said so.
      weights.putIfAbsent(voter, 1L);
    }
    groups.forEach(
        (sid, group) -> {
          if (!weights.containsKey(sid)) {
            throw new InvalidConfigException(
                "group."
                    + group
                    + " has server "
                    + sid
                    + ", which has neither a vote nor a weight");
          }
        });
    return Quorum.hierarchical(voters, groups, weights);
  }

  /** The servers, by ascending sid. */
  public List<EnsembleServer> servers() {
    return List.copyOf(servers.values());
  }

  /** The server's line; null when it is not a member. */
  public EnsembleServer server(long sid) {
    return servers.get(sid);
  }

  public boolean isVoter(long sid) {
    return quorum.hasVoter(sid);
  }

  /** Who votes, and which of them decide. */
  public Quorum quorum() {
    return quorum;
  }

  /** Whether quorums are built from groups. */
  public boolean isHierarchical() {
    return !groups.isEmpty() || !weights.isEmpty();
  }

  /** The zxid of the transaction that made it; 0 when written by hand. */
  public long version() {
    return version;
  }

  public EnsembleConfig withVersion(long newVersion) {
    return new EnsembleConfig(servers, groups, weights, newVersion);
  }

  /** The canonical text, without a final newline. */
  public String text() {
    return text;
  }

  /** The canonical text in UTF-8, as {@code /zookeeper/config} holds it. */
  public byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Whether two configurations of different versions say the same. */
  boolean sameMembers(EnsembleConfig other) {
    return servers.equals(other.servers) && groups.equals(other.groups);
  }

  private String canonical() {
    StringBuilder lines = new StringBuilder();
    servers.forEach((sid, server) -> line(lines, SERVER + sid, server.text()));
    TreeMap<Long, List<String>> members = new TreeMap<>();
    groups.forEach(
        (sid, group) -> members.computeIfAbsent(group, g -> new ArrayList<>()).add("" + sid));
    members.forEach((group, sids) -> line(lines, GROUP + "." + group, String.join(":", sids)));
    weights.forEach((sid, weight) -> line(lines, WEIGHT + "." + sid, "" + weight));
    return lines.append(VERSION).append('=').append(Long.toHexString(version)).toString();
  }

  private static void line(StringBuilder lines, String key, String value) {
    lines.append(key).append('=').append(value).append('\n');
  }

  /** The whole key when it has no dot, which then is no number. */
  private static String afterDot(String key) {
    return key.substring(key.indexOf('.') + 1);
  }

  private static long number(String key, String text) {
    long number = integer(key, text);
    if (number < 0) {
      throw new InvalidConfigException(key + ": '" + text + "' is negative");
    }
    return number;
  }

  private static long integer(String key, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidConfigException(key + ": '" + text + "' is not a number");
    }
  }

  private static long version(String text) {
    try {
      return Long.parseUnsignedLong(text, 16);
    } catch (NumberFormatException e) {
      throw new InvalidConfigException("version: '" + text + "' is not a hexadecimal number");
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof EnsembleConfig other && text.equals(other.text);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
