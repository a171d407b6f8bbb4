package io.paddock.oracle;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.AuthenticationProvider;

/**
 * A user's own provider, as people write them: whoever says {@code open sesame NAME} is NAME. Some
 * words make it misbehave.
 */
public class TokenProvider implements AuthenticationProvider {
  static final String SCHEME = "token";

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] auth) {
    String said = new String(auth, StandardCharsets.UTF_8);
    switch (said) {
      case "throw" -> throw new IllegalStateException("secret " + said);
      case "error" -> throw new NoClassDefFoundError("a.library.Class");
      case "nobody" -> {
        return KeeperException.Code.OK;
      }
      case "null" -> {
        return null;
      }
      case "where" -> {
        InetSocketAddress from = connection.getRemoteSocketAddress();
        boolean known =
            connection.getSessionId() != 0
                && connection.getHostAddress().equals(from.getAddress().getHostAddress())
                && !connection.isSecure();
        connection.addAuthInfo(new Id(SCHEME, from.getAddress().getHostAddress() + known));
        return KeeperException.Code.OK;
      }
      case "forget" -> {
        connection.getAuthInfo().stream()
            .filter(id -> id.getScheme().equals(SCHEME))
            .forEach(connection::removeAuthInfo);
        return KeeperException.Code.OK;
      }
      default -> {
        if (!said.startsWith("open sesame ")) {
          return KeeperException.Code.NOAUTH;
        }
        connection.addAuthInfo(new Id(SCHEME, said.substring("open sesame ".length())));
        return KeeperException.Code.OK;
      }
    }
  }

  @Override
  public boolean matches(String id, String wanted) {
    if (wanted.equals("throws")) {
      throw new IllegalStateException("matches");
    }
    return wanted.endsWith("*")
        ? id.startsWith(wanted.substring(0, wanted.length() - 1))
        : id.equals(wanted);
  }

  @Override
  public boolean isAuthenticated() {
    return true;
  }

  @Override
  public boolean isValid(String id) {
    if (id.equals("invalid throws")) {
      throw new IllegalStateException("isValid");
    }
    return !id.isEmpty() && !id.contains(" ") || id.equals("throws");
  }

  @Override
  public String getUserName(String id) {
    return "user " + id;
  }
}
