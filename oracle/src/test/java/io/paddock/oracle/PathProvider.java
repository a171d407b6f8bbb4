package io.paddock.oracle;

import java.nio.charset.StandardCharsets;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.ServerAuthenticationProvider;

/** Knows what is about to be done: an entry {@code /a:r} lets in whoever does that below /a. */
public class PathProvider extends ServerAuthenticationProvider {
  @Override
  public String getScheme() {
    return "path";
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerObjs objects, byte[] auth) {
    objects.getCnxn().addAuthInfo(new Id("path", new String(auth, StandardCharsets.UTF_8)));
    return KeeperException.Code.OK;
  }

  @Override
  public boolean matches(ServerObjs objects, MatchValues values) {
    String asked =
        values.getPath()
            + " "
            + values.getPerm()
            + " "
            + (values.getSetAcls() == null ? "-" : values.getSetAcls().size());
    return asked.matches(values.getAclExpr().replace(';', ' '));
  }

  @Override
  public boolean isAuthenticated() {
    return false;
  }

  @Override
  public boolean isValid(String id) {
    return true;
  }
}
