package io.paddock.peers;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses of members' names, looked up at every dial: a member that comes back may have
 * another. While DNS itself does not answer, the last address of a name counts, so that an ensemble
 * can elect a leader without DNS. Any thread.
 */
public final class PeerNames {
  /** Seconds for which Java may keep an address; its own choice is 30. */
  private static final String KEEP_S = "1";

  private final Lookup lookup;
  private final Map<String, InetAddress> last = new ConcurrentHashMap<>();

  /** As {@link InetAddress#getByName}. */
  interface Lookup {
    InetAddress find(String host) throws UnknownHostException;
  }

  PeerNames(Lookup lookup) {
    this.lookup = lookup;
  }

  /**
   * Has Java's own cache of names forget soon, and at once what it did not find, unless somebody
   * has set it otherwise. Of the whole process, so only for a server that has one of its own, and
   * before the first name is looked up.
   */
  public static void forgetSoon() {
    if (Security.getProperty("networkaddress.cache.ttl") == null
        && System.getProperty("sun.net.inetaddr.ttl") == null) {
      Security.setProperty("networkaddress.cache.ttl", KEEP_S);
    }
    // What java.security says by itself; another number is somebody's wish.
    if ("10".equals(Security.getProperty("networkaddress.cache.negative.ttl"))
        && System.getProperty("sun.net.inetaddr.negative.ttl") == null) {
      Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
  }

  /** The address of a host now. Blocks. */
  InetAddress find(String host) throws UnknownHostException {
    try {
      InetAddress found = lookup.find(host);
      last.put(host, found);
      return found;
    } catch (UnknownHostException e) {
      InetAddress before = last.get(host);
      if (before != null && isNoAnswer(e)) {
        return before;
      }
      throw e;
    }
  }

  /** Whether nobody could be asked; Java tells that by the C library's words alone. */
  private static boolean isNoAnswer(UnknownHostException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("emporary failure") || message.contains("Try again");
  }
}
