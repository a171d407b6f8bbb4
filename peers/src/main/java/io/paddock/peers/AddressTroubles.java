package io.paddock.peers;

import io.paddock.machine.OncePerHour;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of who does not come through at the ports for peers, and which server that is by its line:
 * once an hour for each address and cause. Used by the core's thread.
 */
final class AddressTroubles {
  private static final Logger LOG = LoggerFactory.getLogger(AddressTroubles.class);

  private final long myId;
  private final AddressBook book;
  private final OncePerHour told = new OncePerHour();

  AddressTroubles(Roster roster, PeerNet net) {
    this.myId = roster.config().myId();
    this.book = new AddressBook(roster, net);
  }

  /**
   * @param what tells causes apart
   * @param line of who it is
   */
  void tell(InetSocketAddress remote, String what, Function<String, String> line) {
    if (told.isNew(remote.getAddress(), what)) {
      book.whose(
          remote.getAddress(),
          sids ->
              LOG.warn(
                  "{} (said once an hour for each address)",
                  line.apply(name(remote.getAddress(), sids))));
    }
  }

  /**
   * As in {@code server.2 (10.0.0.7)}, {@code server.2 or server.3 (10.0.0.7)}, {@code 10.0.0.7}.
   */
  private String name(InetAddress address, Set<Long> sids) {
    List<String> names =
        sids.stream().filter(sid -> sid != myId).map(sid -> "server." + sid).toList();
    return names.isEmpty()
        ? address.getHostAddress()
        : String.join(" or ", names) + " (" + address.getHostAddress() + ")";
  }
}
