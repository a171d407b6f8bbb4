package io.paddock.oracle;

import static io.paddock.oracle.MixedEnsemble.Kind.APACHE;
import static io.paddock.oracle.MixedEnsemble.Kind.PADDOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that their peers can reach by more than one address (quorum sheet, section 1.1). */
@Timeout(240)
class SeveralAddressesTest {
  private static final Map<String, String> ALLOWED = Map.of("multiAddress.enabled", "true");

  /**
   * Apache's server does not read its server lines without the property, whatever the file says.
   */
  private static final Map<String, String> ALLOWED_TO_APACHE =
      Map.of("zookeeper.multiAddress.enabled", "true");

  @Test
  void amongApachesServersEveryServerIsReachedByOneOfItsAddresses() throws Exception {
    assumeTrue(isLocal("127.0.0.2"), "127.0.0.2 is no address of this machine");
    try (MixedEnsemble ensemble =
        new MixedEnsemble(3, 0, 0, ALLOWED, ALLOWED_TO_APACHE, List.of("127.0.0.1", "127.0.0.2"))) {
      ensemble.start(1, APACHE);
      ensemble.start(2, PADDOCK);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      ensemble.start(3, APACHE);
      ensemble.await(3, "follower");
      write(ensemble, 1, "/a");
      ensemble.stop(1);
      ensemble.stop(2);
      ensemble.start(2, PADDOCK);
      ensemble.await(2, "follower");
      ensemble.await(3, "leader");
      write(ensemble, 2, "/b");
    }
  }

  @Test
  void anAddressThatLeadsNowhereIsPassedOver() throws Exception {
    try (MixedEnsemble ensemble =
        new MixedEnsemble(
            3, 0, 0, ALLOWED, Map.of(), List.of("a.no-such-host.invalid", "localhost"))) {
      // Two of three: only together can they decide, and for the larger id.
      ensemble.start(1, PADDOCK);
      ensemble.start(2, PADDOCK);
      ensemble.await(2, "leader");
      ensemble.await(1, "follower");
      ensemble.start(3, PADDOCK);
      ensemble.await(3, "follower");
      write(ensemble, 3, "/a");
    }
  }

  private static void write(MixedEnsemble ensemble, int seat, String path) {
    try (RawClient client = RawClient.session(ensemble.clientPort(seat))) {
      assertThat(client.call(Op.create(path, "")).err()).isZero();
    }
  }

  private static boolean isLocal(String host) throws Exception {
    InetAddress address = InetAddress.getByName(host);
    if (NetworkInterface.getByInetAddress(address) != null) {
      return true;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, address)) {
      return socket.isBound();
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
