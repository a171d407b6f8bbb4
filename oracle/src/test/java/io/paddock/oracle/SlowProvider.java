package io.paddock.oracle;

import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.AuthenticationProvider;

/** Never comes back from what concerns the id "slow", until the test lets it. */
public class SlowProvider implements AuthenticationProvider {
  static final CountDownLatch RELEASE = new CountDownLatch(1);

  private static void hang(String id) {
    while (id.equals("slow") && RELEASE.getCount() > 0) {
      try {
        RELEASE.await();
      } catch (InterruptedException e) {
        // Code of this kind does not heed it.
      }
    }
  }

  @Override
  public String getScheme() {
    return "slow";
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] auth) {
    hang(auth.length == 0 ? "slow" : "");
    connection.addAuthInfo(new Id("slow", "quick"));
    return KeeperException.Code.OK;
  }

  @Override
  public boolean matches(String id, String wanted) {
    hang(wanted);
    return true;
  }

  @Override
  public boolean isAuthenticated() {
    return true;
  }

  @Override
  public boolean isValid(String id) {
    return true;
  }
}
