package io.paddock.oracle;

import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.AuthenticationProvider;

/** Takes the place of the scheme digest: without passwords, and with the super user ROOT. */
public class PlainDigestProvider implements AuthenticationProvider {
  @Override
  public String getScheme() {
    return "digest";
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] auth) {
    String user = new String(auth, StandardCharsets.UTF_8);
    if (user.equals("ROOT")) {
      connection.addAuthInfo(new Id("super", ""));
    }
    connection.addAuthInfo(new Id("digest", user));
    return KeeperException.Code.OK;
  }

  @Override
  public boolean matches(String id, String wanted) {
    return id.equalsIgnoreCase(wanted);
  }

  @Override
  public boolean isAuthenticated() {
    return true;
  }

  @Override
  public boolean isValid(String id) {
    return id.indexOf(':') < 0;
  }
}
