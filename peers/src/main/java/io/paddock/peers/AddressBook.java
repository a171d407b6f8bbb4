package io.paddock.peers;

import io.paddock.zab.EnsembleServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Whose machine an address is, by the server lines. Used by the core's thread. */
final class AddressBook {
  private final Roster roster;
  private final PeerNet net;

  AddressBook(Roster roster, PeerNet net) {
    this.roster = roster;
    this.net = net;
  }

  /**
   * Looks the names of all lines up, aside; {@code hears} is told in the loop, later, which servers
   * are there: none, one, or several on one machine.
   */
  void whose(InetAddress address, Consumer<Set<Long>> hears) {
    List<EnsembleServer> lines = roster.lines();
    net.inBackground(
        () -> {
          Set<Long> there = new TreeSet<>();
          for (EnsembleServer server : lines) {
            for (EnsembleServer.Address place : server.addresses()) {
              if (isAt(place.host(), address)) {
                there.add(server.sid());
              }
            }
          }
          net.core().later(() -> hears.accept(there));
        });
  }

  private static boolean isAt(String host, InetAddress address) {
    try {
      return Arrays.asList(InetAddress.getAllByName(host)).contains(address);
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
