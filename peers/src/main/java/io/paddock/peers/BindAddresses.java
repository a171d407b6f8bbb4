package io.paddock.peers;

import io.paddock.config.MembershipConfig;
import io.paddock.zab.EnsembleServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.ToIntFunction;

/** Where a member listens for its peers. */
public final class BindAddresses {
  /** What to do about an own address that cannot be bound. */
  public static final String REMEDY =
      "The address must be one of this machine's, with its name in DNS or /etc/hosts"
          + " (quorumListenOnAllIPs=true binds all and needs no name), and the port free";

  private BindAddresses() {}

  /** One for each address of a server line; names are not looked up yet. */
  public static List<InetSocketAddress> of(
      MembershipConfig config, EnsembleServer self, ToIntFunction<EnsembleServer.Address> port) {
    return self.addresses().stream()
        .map(address -> of(config, address.host(), port.applyAsInt(address)))
        .distinct()
        .toList();
  }

  /** One of them, its name not looked up yet. */
  public static InetSocketAddress of(MembershipConfig config, String host, int port) {
    return config.peers().listenOnAllIps()
        ? new InetSocketAddress(port)
        : InetSocketAddress.createUnresolved(host, port);
  }
}
