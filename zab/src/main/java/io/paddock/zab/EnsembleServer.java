package io.paddock.zab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One line {@code server.N=…} of a configuration (quorum sheet, section 1.1). Immutable.
 *
 * <pre>
 * server.N = addr ("|" addr)* [";" client]
 * addr     = host ":" quorumPort ":" electionPort [":" ("participant" | "observer")]
 * client   = [host ":"] clientPort
 * </pre>
 *
 * @param addresses at least one, sorted by host
 * @param observer whether it has no vote
 * @param clientHost where it serves clients; null when the line does not say
 * @param clientPort 0 when the line does not say
 */
public record EnsembleServer(
    long sid, List<Address> addresses, boolean observer, String clientHost, int clientPort) {
  private static final String ANY_HOST = "0.0.0.0";
  private static final int PORT_MAX = 65_535;

  /**
   * Where a server listens for its peers.
   *
   * @param host a name or an address, IPv6 without brackets
   */
  public record Address(String host, int quorumPort, int electionPort) {}

  public EnsembleServer {
    addresses = addresses.stream().sorted(Comparator.comparing(Address::host)).toList();
  }

  /**
   * Reads the value of a line, in which blanks belong to what they stand in, as for Apache's: a
   * port with one is none, a role has none.
   *
   * @throws InvalidConfigException that names the line and what is wrong with it
   */
  public static EnsembleServer parse(long sid, String line) {
    // What is empty behind the last separator is as good as not there, as with Apache's.
    String[] halves = line.replaceFirst(";+$", "").split(";", -1);
    if (halves.length > 2) {
      throw bad(sid, line, "has more than one ';'");
    }
    List<Address> addresses = new ArrayList<>();
    Boolean observer = null;
    for (String text : halves[0].replaceFirst("\\|+$", "").split("\\|", -1)) {
      List<String> parts = parts(sid, line, text.replaceFirst(":+$", ""));
      if (parts.size() < 3 || parts.size() > 4) {
        throw bad(sid, line, "is not host:quorumPort:electionPort[:role]");
      }
      if (parts.size() == 4) {
        // In canonical text only the last address has it.
        boolean observing = isObserver(sid, line, parts.get(3));
        if (observer != null && observer != observing) {
          throw bad(sid, line, "gives its addresses different roles");
        }
        observer = observing;
      }
      Address address =
          new Address(parts.get(0), port(sid, line, parts.get(1)), port(sid, line, parts.get(2)));
      if (address.quorumPort() == address.electionPort()) {
        throw bad(sid, line, "has one port for both quorum and election");
      }
      addresses.add(address);
    }
    boolean observes = observer != null && observer;
    if (halves.length == 1) {
      return new EnsembleServer(sid, addresses, observes, null, 0);
    }
    List<String> client = parts(sid, line, halves[1].replaceFirst(":+$", ""));
    if (client.size() > 2) {
      throw bad(sid, line, "has a client part that is not [host:]port");
    }
    String host = client.size() == 2 ? client.get(0) : ANY_HOST;
    int port = port(sid, line, client.get(client.size() - 1));
    return new EnsembleServer(sid, addresses, observes, host, port);
  }

  /** The canonical value of the line: the role always written. */
  public String text() {
    String at =
        addresses.stream()
            .map(a -> bracketed(a.host()) + ":" + a.quorumPort() + ":" + a.electionPort())
            .collect(Collectors.joining("|"));
    String text = at + (observer ? ":observer" : ":participant");
    return clientHost == null ? text : text + ";" + bracketed(clientHost) + ":" + clientPort;
  }

  /** The same server at the same places, wherever it serves clients. */
  boolean sameAddresses(EnsembleServer other) {
    return other != null && addresses.equals(other.addresses);
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  /** Splits at the colons outside of brackets, and takes the brackets off. */
  private static List<String> parts(long sid, String line, String text) {
    List<String> parts = new ArrayList<>();
    String rest = text;
    if (rest.startsWith("[")) {
      int end = rest.indexOf(']');
      if (end < 0 || end + 1 >= rest.length() || rest.charAt(end + 1) != ':') {
        throw bad(sid, line, "has a bracket that is not closed before a ':'");
      }
      parts.add(spelledOut(sid, line, rest.substring(1, end)));
      rest = rest.substring(end + 2);
    }
    parts.addAll(List.of(rest.split(":", -1)));
    if (parts.get(0).isEmpty()) {
      throw bad(sid, line, "has no host");
    }
    return parts;
  }

  /**
   * What stands in brackets: an IPv6 address without abbreviation, as Apache's servers tell it to
   * each other, or, as they allow, anything without colons.
   */
  private static String spelledOut(long sid, String line, String host) {
    if (host.indexOf(':') < 0) {
      return host;
    }
    try {
      // A literal: nothing is looked up.
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw bad(sid, line, "has '" + host + "' in brackets, which is no IPv6 address");
    }
  }

  private static boolean isObserver(long sid, String line, String role) {
    return switch (role.trim().toLowerCase(Locale.ROOT)) {
      case "observer" -> true;
      case "participant" -> false;
      default -> throw bad(sid, line, "has the role '" + role + "'; participant or observer");
    };
  }

  private static int port(long sid, String line, String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw bad(sid, line, "has the port '" + text + "'");
  }

  private static InvalidConfigException bad(long sid, String line, String what) {
    return new InvalidConfigException("server." + sid + "=" + line + " " + what);
  }
}
