package io.paddock.replica;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.EnsembleConfig;
import io.paddock.zab.EnsembleServer;
import io.paddock.zab.InvalidConfigException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a reconfig asks for: the configuration to propose, or why it is refused (client protocol
 * sheet, section 3.6). The checks are in the order of Apache's leader, the first that fails wins;
 * the last one, the permission to write {@code /zookeeper/config}, is the tree's.
 *
 * <p>Two kinds of wrong text are told apart as there: what is no membership is BADARGUMENTS, a
 * number that is none is MARSHALLINGERROR.
 *
 * @param error OK when there is a configuration
 * @param config the configuration, its version the zxid of its transaction; null when refused
 * @param reason why it is refused, for the log; null when it is not
 */
record Reconfiguration(ErrorCode error, EnsembleConfig config, String reason) {
  private static final String SERVER = "server.";
  private static final Pattern PORT = Pattern.compile("[:;](-?[0-9]+)(?=[:;]|$)");
  private static final int PORT_MAX = 65_535;

  /** Ends the reading of a request. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final ErrorCode error;

    Refused(ErrorCode error, String reason) {
      super(reason, null, false, false);
      this.error = error;
    }
  }

  /**
   * Judges a request at the leader.
   *
   * @param enabled whether reconfiguration is switched on
   * @param zxid of the transaction it would become
   * @param synced whether a quorum of a configuration is connected and synchronised
   */
  static Reconfiguration of(
      Op.Reconfig op,
      boolean enabled,
      Membership membership,
      long zxid,
      Predicate<EnsembleConfig> synced) {
    try {
      if (!enabled) {
        throw new Refused(
            ErrorCode.RECONFIGDISABLED,
            "reconfiguration is switched off: set reconfigEnabled=true in the configuration of every"
                + " server");
      }
      return new Reconfiguration(ErrorCode.OK, next(op, membership, zxid, synced), null);
    } catch (Refused e) {
      return new Reconfiguration(e.error, null, e.getMessage());
    }
  }

  private static EnsembleConfig next(
      Op.Reconfig op, Membership membership, long zxid, Predicate<EnsembleConfig> synced) {
    EnsembleConfig current = membership.lastSeen();
    if (current.version() != membership.committed().version()) {
      throw new Refused(
          ErrorCode.RECONFIGINPROGRESS,
          "another reconfiguration is under way, to version " + hex(current.version()));
    }
    if (op.curConfigId() != -1 && op.curConfigId() != current.version()) {
      throw new Refused(
          ErrorCode.BADVERSION,
          "it starts from version "
              + hex(op.curConfigId())
              + ", but version "
              + hex(current.version())
              + " is in force");
    }
    EnsembleConfig next =
        op.newMembers() != null
            ? whole(op.newMembers(), membership.votersMin())
            : changed(current, op.joining(), op.leaving());
    if (next != null && !membership.severalAddresses()) {
      checkAddresses(next);
    }
    if (next == null || next.quorum().size() < membership.votersMin()) {
      throw bad("it must leave at least " + membership.votersMin() + " servers that vote");
    }
    if (!synced.test(next)) {
      throw new Refused(
          ErrorCode.NEWCONFIGNOQUORUM,
          "no quorum of the new configuration is connected and synchronised: start its servers first");
    }
    return next.withVersion(zxid);
  }

  private static void checkAddresses(EnsembleConfig config) {
    for (EnsembleServer server : config.servers()) {
      if (server.addresses().size() > 1) {
        throw bad(
            "server."
                + server.sid()
                + " has several addresses, which needs multiAddress.enabled=true on every server");
      }
    }
  }

  private static Refused bad(String reason) {
    return new Refused(ErrorCode.BADARGUMENTS, reason);
  }

  private static String hex(long version) {
    return Long.toHexString(version);
  }

  // All members anew.

  /** Null when nobody votes. */
  private static EnsembleConfig whole(String members, int votersMin) {
    Properties lines = new Properties();
    try {
      lines.load(new StringReader(members.replace(',', '\n')));
    } catch (IOException e) {
      throw bad(e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new Refused(ErrorCode.MARSHALLINGERROR, e.getMessage());
    }
    Map<String, String> keys = new TreeMap<>();
    boolean grouped = false;
    for (String key : lines.stringPropertyNames()) {
      grouped |= !key.startsWith(SERVER) && EnsembleConfig.isMembership(key);
      keys.put(key, lines.getProperty(key));
    }
    String version = keys.remove("version");
    for (String key : keys.keySet()) {
      if (!EnsembleConfig.isMembership(key)) {
        throw bad("'" + key + "' says nothing about membership");
      }
    }
    if (version != null) {
      number("version", version, 16);
    }
    List<EnsembleServer> servers = new ArrayList<>();
    for (Map.Entry<String, String> line : keys.entrySet()) {
      String key = line.getKey();
      if (key.startsWith(SERVER)) {
        servers.add(server(key, line.getValue()));
      } else {
        number(key, key.substring(key.indexOf('.') + 1), 10);
        for (String sid : line.getValue().split(":")) {
          number(key, sid, 10);
        }
      }
    }
    long voters = servers.stream().filter(server -> !server.observer()).count();
    if (voters < votersMin && voters < servers.size()) {
      throw new Refused(ErrorCode.MARSHALLINGERROR, "its observers have no quorum to observe");
    }
    if (voters == 0) {
      return null;
    }
    try {
      return grouped ? EnsembleConfig.parse(keys, 0) : EnsembleConfig.of(servers, 0);
    } catch (InvalidConfigException e) {
      throw bad(e.getMessage());
    }
  }

  private static EnsembleServer server(String key, String line) {
    return server(number(key, key.substring(SERVER.length()), 10), line);
  }

  private static EnsembleServer server(long sid, String line) {
    if (sid < 0) {
      throw bad("server." + sid + ": the number of a server is not negative");
    }
    try {
      return EnsembleServer.parse(sid, line);
    } catch (InvalidConfigException e) {
      throw hasImpossiblePort(line)
          ? new Refused(ErrorCode.MARSHALLINGERROR, e.getMessage())
          : bad(e.getMessage());
    }
  }

  /** A number that is no port is a wrong number; one too long to be a number is a wrong text. */
  private static boolean hasImpossiblePort(String line) {
    return PORT.matcher(line)
        .results()
        .map(found -> found.group(1))
        .filter(digits -> digits.length() < 10)
        .mapToInt(Integer::parseInt)
        .anyMatch(port -> port < 0 || port > PORT_MAX);
  }

  private static long number(String key, String text, int radix) {
    try {
      return Long.parseLong(text, radix);
    } catch (NumberFormatException e) {
      throw new Refused(ErrorCode.MARSHALLINGERROR, key + ": '" + text + "' is not a number");
    }
  }

  // Some members more, some less.

  private static EnsembleConfig changed(EnsembleConfig current, String joining, String leaving) {
    if (current.isHierarchical()) {
      throw bad(
          "with groups, the members can only be given as a whole (members, not add and remove)");
    }
    Map<Long, EnsembleServer> servers = new LinkedHashMap<>();
    current.servers().forEach(server -> servers.put(server.sid(), server));
    for (String sid : words(leaving)) {
      servers.remove(number("leaving", sid, 10));
    }
    for (String joiner : words(joining)) {
      EnsembleServer server = joiner(joiner);
      servers.values().forEach(other -> checkApart(server, other));
      servers.put(server.sid(), server);
    }
    boolean anyVotes = servers.values().stream().anyMatch(server -> !server.observer());
    return anyVotes ? EnsembleConfig.of(servers.values(), 0) : null;
  }

  private static List<String> words(String list) {
    List<String> words = new ArrayList<>();
    for (String word : (list == null ? "" : list).split(",")) {
      if (!word.isBlank()) {
        words.add(word.trim());
      }
    }
    return words;
  }

  /**
   * {@code server.N=host:quorumPort:electionPort[:role];[host:]clientPort}, the client's part too.
   */
  private static EnsembleServer joiner(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split("=")) {
      if (!part.isBlank()) {
        parts.add(part.trim());
      }
    }
    if (parts.size() != 2) {
      throw bad("'" + text + "' is not server.N=host:port:port;port");
    }
    String key = parts.get(0);
    EnsembleServer server =
        server(number(key, key.substring(key.lastIndexOf('.') + 1), 10), parts.get(1));
    if (server.clientHost() == null) {
      throw bad("'" + text + "' does not say at its end where clients connect: ;port");
    }
    return server;
  }

  /** Loopback and wildcard addresses may be shared, as with Apache's leader. */
  private static void checkApart(EnsembleServer server, EnsembleServer other) {
    if (server.sid() == other.sid()) {
      return;
    }
    Set<String> taken = places(other);
    for (String place : places(server)) {
      if (taken.contains(place)) {
        throw bad(
            "server." + server.sid() + " has " + place + ", as server." + other.sid() + " has");
      }
    }
  }

  private static Set<String> places(EnsembleServer server) {
    Set<String> places = new HashSet<>();
    for (EnsembleServer.Address address : server.addresses()) {
      addPlace(places, address.host(), address.quorumPort());
      addPlace(places, address.host(), address.electionPort());
    }
    if (server.clientHost() != null) {
      addPlace(places, server.clientHost(), server.clientPort());
    }
    return places;
  }

  private static void addPlace(Set<String> places, String host, int port) {
    boolean shared =
        host.equals("localhost")
            || host.startsWith("127.")
            || host.equals("0.0.0.0")
            || host.equals("0:0:0:0:0:0:0:1")
            || host.equals("0:0:0:0:0:0:0:0")
            || host.equals("::1")
            || host.equals("::");
    if (!shared) {
      places.add(host + ":" + port);
    }
  }
}
